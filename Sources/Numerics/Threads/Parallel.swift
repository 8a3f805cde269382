import Dispatch
import Foundation
import Synchronization

/// Threads for the whole library.
///
/// Work is split by the problem, never by the number of threads, and partial sums are added in the
/// order of their tiles, so a result is the same bit for bit with one thread or many. A parallel
/// region inside another has the threads that the outer one leaves over: with two pieces of work on
/// eight threads each may use four, with eight pieces one.
public enum Parallel {
  private static let configured = Atomic<Int>(0)

  /// The number of threads, at least 1; by default the number of processors.
  public static var threadCount: Int {
    get {
      let chosen = configured.load(ordering: .relaxed)
      return chosen > 0 ? chosen : max(1, ProcessInfo.processInfo.activeProcessorCount)
    }
    set { configured.store(max(1, newValue), ordering: .relaxed) }
  }

  /// The number of threads that the current code may use; nil outside of every region and every
  /// ``withThreadCount(_:_:)``.
  @TaskLocal private static var share: Int?

  /// Called with the number of threads of each region that the current thread begins.
  ///
  /// It is for tests that compare numbers of threads, which must make sure that several threads are used.
  @TaskLocal package static var regionObserver: (@Sendable (Int) -> Void)?

  /// The result of `body`, whose regions use `count` threads instead of `threadCount`.
  ///
  /// Only calls within `body` are affected. Other threads that compute at the same time keep their
  /// number, and `threadCount` itself does not change.
  /// - Parameter count: at least 1; less counts as 1.
  public static func withThreadCount<Result>(
    _ count: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    try $share.withValue(max(1, count), operation: body)
  }

  /// The number of threads that a region beginning here may use, at least 1.
  package static var available: Int { share ?? threadCount }

  /// Calls `body` once for every index of 0..<count, on several threads, in no particular order.
  ///
  /// `body` must write only data that belong to its index.
  /// - Parameter limit: at most this many threads; 1 where waking another is not worth it.
  public static func forEach(
    _ count: Int, upTo limit: Int = .max, _ body: @Sendable (Int) -> Void
  ) {
    // Members of a group have different numbers of threads, so a region must not depend on the group.
    guard WorkGroup.current.isAlone else {
      return WorkGroup.$current.withValue(.alone) { forEach(count, upTo: limit, body) }
    }
    let available = available
    let workers = min(available, count, limit)
    regionObserver?(workers)
    if workers <= 1 {
      for index in 0..<max(0, count) { body(index) }
      return
    }
    let left = available / workers
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        $share.withValue(left) {
          while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if index >= count { break }
            body(index)
          }
        }
      }
    }
  }

  /// The results of `body` for every index of 0..<count, in order, computed on several threads.
  ///
  /// Indices are handed out one by one, so a slow one does not delay the others.
  ///
  /// - Parameter limit: at most this many threads.
  /// - Throws: the error of `body` with the lowest index; every index is computed nevertheless.
  public static func map<Value: Sendable, Failure: Error>(
    _ count: Int, upTo limit: Int = .max, _ body: @Sendable (Int) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    let outcomes = Guarded<[Int: Result<Value, Failure>]>([:])
    forEach(count, upTo: limit) { index in
      let outcome = Result { () throws(Failure) -> Value in try body(index) }
      outcomes.withLock { $0[index] = outcome }
    }
    let found = outcomes.withLock { $0 }
    var values: [Value] = []
    for index in 0..<max(0, count) {
      if let outcome = found[index] { values.append(try outcome.get()) }
    }
    return values
  }

  /// Runs `body` over pieces of 0..<count, on several threads if there is enough work.
  ///
  /// Pieces have `grain` elements for any number of threads.
  package static func overRanges(
    _ count: Int, grain: Int = 1 << 16, _ body: @Sendable (Range<Int>) -> Void
  ) {
    // Waking the other thread costs 50 to 150 microseconds (measured), about four grains of
    // element-wise work.
    if count <= 4 * grain || available == 1 {
      body(0..<count)
      return
    }
    let pieces = (count + grain - 1) / grain
    forEach(pieces) { piece in
      body(piece * grain..<min(count, (piece + 1) * grain))
    }
  }
}
