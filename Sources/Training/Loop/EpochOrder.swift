import Numerics

/// The order in which a training uses its examples.
///
/// Each pass over all examples is a new permutation, which depends on the seed and the step alone.
package struct EpochOrder: Sendable {
  /// The number of examples.
  private let count: Int
  private let batchSize: Int
  private let seed: UInt64
  /// Separates this order from other random choices with the same seed.
  private let stream: RandomStream

  /// - Parameters:
  ///   - count: the number of examples, at least 1.
  ///   - batchSize: examples per step.
  ///   - seed: the seed of the order.
  ///   - stream: separates this order from other random choices with the same seed.
  package init(count: Int, batchSize: Int, seed: UInt64, stream: RandomStream) {
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
