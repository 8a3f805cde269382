import Numerics
import Synchronization
import Testing

/// Expects the same result from one thread and from several.
///
/// Each number of threads is in force for `body` alone, whatever other tests do at the same time.
/// An issue is recorded where a result differs from that of one thread, and also where `body` never
/// shares its work: the comparison would then be of one thread with itself. What is compared should
/// therefore be large enough for the library to wake a second thread.
///
/// - Parameters:
///   - counts: the numbers of threads to compare with one, each above 1.
///   - body: computes the result anew.
/// - Returns: the result of one thread.
@discardableResult
public func expectSameResult<Result: Equatable>(
  withThreads counts: [Int] = [2, 3, 7], sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Result
) rethrows -> Result {
  let (alone, used) = try observingThreads(1, body)
  if used > 1 {
    Issue.record("one thread was asked for, a region used \(used)", sourceLocation: sourceLocation)
  }
  if counts.isEmpty || counts.contains(where: { $0 < 2 }) {
    Issue.record("\(counts) are no numbers to compare with 1", sourceLocation: sourceLocation)
  }
  for count in counts {
    let (result, used) = try observingThreads(count, body)
    if used < 2 || used > count {
      Issue.record(
        "\(count) threads were asked for, the largest region used \(used)",
        sourceLocation: sourceLocation)
    }
    if result != alone {
      Issue.record(
        "the result with \(count) threads is not that with 1", sourceLocation: sourceLocation)
    }
  }
  return alone
}

/// The result of `body` with a number of threads, and how many the largest of its regions used.
private func observingThreads<Result>(
  _ count: Int, _ body: () throws -> Result
) rethrows -> (result: Result, used: Int) {
  let most = Most()
  let result = try Parallel.$regionObserver.withValue({ most.note($0) }) {
    try Parallel.withThreadCount(count, body)
  }
  return (result, most.value)
}

/// The largest number seen, by any thread.
private final class Most: Sendable {
  private let number = Atomic<Int>(0)

  func note(_ other: Int) { number.max(other, ordering: .relaxed) }

  var value: Int { number.load(ordering: .relaxed) }
}
