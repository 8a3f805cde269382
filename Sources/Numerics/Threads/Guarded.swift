import Foundation

/// A value that one thread at a time can access.
///
/// It differs from the standard library's `Mutex` in one way: it waits in the system's lock, which
/// the thread sanitizer observes. `Mutex` waits in the standard library, which is not instrumented,
/// so the sanitizer reports the guarded value as unguarded.
package final class Guarded<Value>: @unchecked Sendable {
  @usableFromInline let lock = NSLock()
  @usableFromInline var value: Value

  /// Takes ownership of `value`.
  ///
  /// No other code may keep a reference into it.
  @inlinable package init(_ value: sending Value) { self.value = value }

  /// The result of `body`, which has exclusive access to the value.
  ///
  /// It must not call this method again.
  @inlinable package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
