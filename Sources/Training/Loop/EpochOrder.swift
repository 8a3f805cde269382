import Numerics

/// The order in which training goes through its examples: a fresh permutation every time all were seen, which
/// follows from the seed and the step alone.
package struct EpochOrder: Sendable {
  /// How many examples there are.
  private let count: Int
  private let batchSize: Int
  private let seed: UInt64
  /// Tells this order from other random choices of the seed.
  private let stream: UInt64

  /// - Parameters:
  ///   - count: of the examples, at least 1.
  ///   - batchSize: examples per step.
  ///   - seed: decides the order.
  ///   - stream: tells this order from other random choices of the seed.
  package init(count: Int, batchSize: Int, seed: UInt64, stream: UInt64) {
    self.count = count
    self.batchSize = batchSize
    self.seed = seed
    self.stream = stream
  }

  /// The examples of a step.
  package func indices(step: Int) -> [Int] {
    var indices: [Int] = []
    var position = step * batchSize
    while indices.count < batchSize {
      let (epoch, start) = position.quotientAndRemainder(dividingBy: count)
      var random = Xoshiro256(seed: seed, stream, UInt64(epoch))
      let taken = random.permutation(of: count)[start...].prefix(batchSize - indices.count)
      indices += taken
      position += taken.count
    }
    return indices
  }
}
