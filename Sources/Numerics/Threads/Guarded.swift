import Foundation

/// A value that one thread at a time can access.
///
/// What `Mutex` of the standard library is, with one difference: it waits in the system's lock, which
/// the thread sanitizer watches. `Mutex` waits in the standard library, which is not instrumented, and
/// whatever it guards looks unguarded.
package final class Guarded<Value>: @unchecked Sendable {
  @usableFromInline let lock = NSLock()
  @usableFromInline var value: Value

  /// Takes `value` over; nobody else may keep a reference into it.
  @inlinable package init(_ value: sending Value) { self.value = value }

  /// The result of `body`, which alone sees the value while it runs; it must not come back here.
  @inlinable package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
