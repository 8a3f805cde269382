import Foundation
import HyperPrior
import RandomNumbers
import Signals
import Testing

/// Pictures drawn from a Gaussian of a few directions and noise.
private struct GaussianPictures: TrainingPictures {
  let count: Int
  let size = 8
  let channels = 1
  private let pictures: [[Float]]

  init(count: Int, seed: UInt64) {
    self.count = count
    var directions = Xoshiro256(seed: 77)
    let ways = (0..<6).map { _ in (0..<64).map { _ in 0.05 * directions.normal() } }
    var random = Xoshiro256(seed: seed)
    pictures = (0..<count).map { _ in
      let amounts = (0..<6).map { _ in random.normal() }
      return (0..<64).map { value in
        let sum = (0..<6).reduce(0.5) { $0 + amounts[$1] * ways[$1][value] }
        return Float(sum + 0.02 * random.normal())
      }
    }
  }

  func values(at index: Int) -> [Float] { pictures[index] }
}

@Suite("Intervals of the prior of components") struct ComponentCalibrationTests {
  @Test("Intervals hold as much of held-out values as they say", arguments: [3, 10, 30])
  func coverage(points: Int) throws {
    let prior = try ComponentPrior(
      training: GaussianPictures(count: 400, seed: 1),
      validation: GaussianPictures(count: 60, seed: 2))
    let test = GaussianPictures(count: 60, seed: 3)
    let pictures = (0..<60).map {
      Image(width: 8, height: 8, channels: 1, values: test.values(at: $0))
    }
    let table = try EvaluationTable(
      methods: [TrainedPriorReconstructor(.components(prior))], pictures: pictures,
      contextSizes: [points], seed: 4)
    let calibration = try #require(table.rows.first?.calibration)
    let (half, most) = (calibration.coverage50, calibration.coverage95)
    #expect((0.86...0.94).contains(calibration.coverage90), "covers \(calibration.coverage90)")
    #expect((0.42...0.58).contains(half) && (0.91...0.99).contains(most), "covers \(half), \(most)")
    // A perfect density of the noise alone, the least that is left to be unsure about.
    let least = 0.5 * (log(2 * Double.pi * 0.02 * 0.02) + 1)
    #expect(calibration.negativeLogLikelihood > least - 0.1)
    #expect(calibration.negativeLogLikelihood < -0.5)
  }
}
