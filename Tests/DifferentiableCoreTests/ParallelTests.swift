import DifferentiableCore
import Numerics
import TestSupport
import Testing

/// How work is shared among threads.
@Suite struct ParallelTests {
  @Test func resultsDoNotDependOnTheNumberOfThreads() {
    var random = Xoshiro256(seed: 5)
    let rows = 9_000
    let x = Tensor((0..<rows * 24).map { _ in random.uniform(in: -1...1) }, shape: [rows, 24])
    let w = Tensor((0..<24 * 40).map { _ in random.uniform(in: -1...1) }, shape: [24, 40])
    expectSameResult {
      let weight = w.tracked()
      let loss = x.matrixProduct(weight).sine().squared().mean()
      return [loss.scalar] + gradients(of: loss, withRespectTo: [weight])[0].values
    }
  }

  @Test("Every index runs once, even in nested regions", arguments: [1, 3])
  func everyIndexRunsOnce(threads: Int) {
    Parallel.withThreadCount(threads) {
      #expect(Parallel.map(1_000) { $0 * $0 } == (0..<1_000).map { $0 * $0 })
      let nested = Parallel.map(4) { outer in Parallel.map(5) { outer * 10 + $0 } }
      #expect(nested == (0..<4).map { outer in (0..<5).map { outer * 10 + $0 } })
    }
  }

  @Test("A nested region has the threads that the outer one leaves free", arguments: [1, 2, 3, 8])
  func nestedRegions(threads: Int) {
    Parallel.withThreadCount(threads) {
      #expect(Parallel.available == threads)
      for pieces in [1, 2, 5, 20] {
        let workers = min(pieces, threads)
        // A single piece runs where it is, with all the threads.
        let expected = workers == 1 ? threads : threads / workers
        #expect(
          Parallel.map(pieces) { _ in Parallel.available }
            == [Int](repeating: expected, count: pieces))
      }
      let deep = Parallel.map(2) { outer in
        Parallel.map(3) { inner in [outer * 3 + inner, Parallel.available] }
      }
      let share = threads == 1 ? 1 : threads / 2
      let left = share == 1 ? 1 : share / min(3, share)
      #expect(deep.flatMap { $0 } == (0..<6).map { [$0, left] })
    }
  }

  @Test func aNumberOfThreadsIsForItsBodyAlone() {
    let before = Parallel.available
    let inside = Parallel.withThreadCount(5) {
      Parallel.withThreadCount(0) { #expect(Parallel.available == 1) }
      return Parallel.available
    }
    #expect(inside == 5)
    #expect(Parallel.available == before)
  }

  /// The one test that sets the number of the whole process; none other depends on it.
  @Test func theProcessHasANumberToo() {
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    #expect(before >= 1)
    Parallel.threadCount = 6
    #expect(Parallel.threadCount == 6 && Parallel.available == 6)
    #expect(Parallel.withThreadCount(2) { Parallel.threadCount } == 6)
    Parallel.threadCount = -1
    #expect(Parallel.threadCount == 1 && Parallel.available == 1)
  }
}
