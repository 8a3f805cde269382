import RandomNumbers

/// The order in which training goes through its examples: a fresh permutation every time all were seen, which
/// follows from the seed and the step alone.
struct EpochOrder: Sendable {
  /// How many there are.
  let count: Int
  let batchSize: Int
  let seed: UInt64
  /// Tells this order from other random choices of the seed.
  let stream: UInt64

  /// The examples of a step.
  func indices(step: Int) -> [Int] {
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
