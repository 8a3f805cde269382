import ImagePriors
import Numerics

/// Grey pictures of one sharp edge each, in any direction: mean and covariance know little of an edge.
struct EdgePictures: TrainingPictures {
  let count: Int
  let size = 12
  let channels = 1
  private let pictures: [[Float]]

  init(count: Int, seed: UInt64) {
    self.count = count
    let size = self.size
    pictures = (0..<count).map { index in
      var random = Xoshiro256(seed: seed, UInt64(index))
      let (y, x) = (random.uniform(in: -1...1), random.uniform(in: -1...1))
      let middle = Float(size - 1) / 2
      let offset = random.uniform(in: -0.5...0.5)
      return (0..<size * size).map { pixel in
        let (row, column) = (Float(pixel / size) - middle, Float(pixel % size) - middle)
        return y * row + x * column > offset ? 0.8 : 0.2
      }
    }
  }

  func values(at index: Int) -> [Float] { pictures[index] }
}
