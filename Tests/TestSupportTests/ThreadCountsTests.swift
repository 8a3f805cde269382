import Foundation
import Numerics
import TestSupport
import Testing

/// A comparison of numbers of threads must fail where the result depends on them, and where the work
/// was not shared.
@Suite struct ThreadCountsTests {
  @Test func aResultThatIsTheSamePasses() {
    let result = expectSameResult { Parallel.map(10) { $0 * $0 } }
    #expect(result == (0..<10).map { $0 * $0 })
  }

  @Test(arguments: [2, 3, 7])
  func aResultThatDependsOnTheThreadsIsAnIssue(count: Int) {
    expectIssue(containing: "with \(count) threads is not that with 1") {
      _ = expectSameResult(withThreads: [count]) {
        [Parallel.available] + Parallel.map(10) { $0 }
      }
    }
  }

  @Test func workThatIsNotSharedIsAnIssue() {
    expectIssue(containing: "2 threads were asked for, the largest region used 0") {
      _ = expectSameResult(withThreads: [2]) { 5 }
    }
    expectIssue(containing: "2 threads were asked for, the largest region used 1") {
      _ = expectSameResult(withThreads: [2]) { Parallel.map(1) { $0 } }
    }
    // A new thread does not know the requested number.
    expectIssue(containing: "the largest region used 0") {
      _ = expectSameResult(withThreads: [2]) { () -> Bool in
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
          Parallel.forEach(8) { _ in }
          done.signal()
        }
        done.wait()
        return true
      }
    }
  }

  @Test func nothingToCompareWithIsAnIssue() {
    expectIssue(containing: "[] are no numbers") {
      _ = expectSameResult(withThreads: []) { Parallel.map(3) { $0 } }
    }
    expectIssue(containing: "1") {
      _ = expectSameResult(withThreads: [1]) { Parallel.map(3) { $0 } }
    }
  }

  @Test func anErrorIsThrown() {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try expectSameResult { () throws -> Int in throw Stop() } }
  }

  /// Many run at the same time, and none sees the number of another.
  @Test func testsSideBySideKeepTheirNumbers() async {
    await withTaskGroup(of: Bool.self) { group in
      for count in 2..<40 {
        group.addTask {
          let seen = Parallel.withThreadCount(count) {
            (0..<200).map { _ in Parallel.available }
          }
          return seen == [Int](repeating: count, count: 200)
        }
      }
      for await isOwn in group { #expect(isOwn) }
    }
  }
}
