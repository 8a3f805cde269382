import Foundation
import ImagePriors
import InpaintingEvaluation
import Interpolation
import Numerics
import PriorTestSupport
import Signals
import SubspacePriors
import Testing

/// Pictures drawn from a Gaussian of a few directions and noise; with `contrasts`, every other one has
/// three times the contrast of the rest.
private struct GaussianPictures: TrainingPictures {
  let count: Int
  let size = 8
  let channels = 1
  private let pictures: [[Float]]

  init(count: Int, seed: UInt64, contrasts: Bool = false) {
    self.count = count
    var directions = Xoshiro256(seed: 77)
    let ways = (0..<6).map { _ in (0..<64).map { _ in 0.05 * directions.normal() } }
    var random = Xoshiro256(seed: seed)
    pictures = (0..<count).map { index in
      let amounts = (0..<6).map { _ in random.normal() }
      let contrast = contrasts ? (index.isMultiple(of: 2) ? 0.5 : 1.5) : 1
      return (0..<64).map { value in
        let sum = (0..<6).reduce(0) { $0 + amounts[$1] * ways[$1][value] }
        return Float(0.5 + contrast * (sum + 0.02 * random.normal()))
      }
    }
  }

  func values(at index: Int) -> [Float] { pictures[index] }
}

@Suite("Intervals of the prior of components") struct SubspaceCalibrationTests {
  @Test("Intervals cover the nominal fraction of held-out values", arguments: [3, 10, 30])
  func coverage(points: Int) throws {
    let prior = try SubspacePrior(
      training: GaussianPictures(count: 400, seed: 1),
      validation: GaussianPictures(count: 60, seed: 2))
    let test = GaussianPictures(count: 60, seed: 3)
    let pictures = (0..<60).map {
      Image(width: 8, height: 8, channels: 1, values: test.values(at: $0))
    }
    let table = try EvaluationTable(
      methods: [PriorMethod(prior)], pictures: pictures,
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

  @Test("A picture's own points decide the width of its intervals", arguments: [0, 1])
  func contrast(kind: Int) throws {
    let prior = try SubspacePrior(
      training: GaussianPictures(count: 400, seed: 1, contrasts: true),
      validation: GaussianPictures(count: 60, seed: 2, contrasts: true))
    let test = GaussianPictures(count: 120, seed: 3, contrasts: true)
    // Pictures of one contrast alone: one width for all is too much for one half, too little for the other.
    let pictures = stride(from: kind, to: 120, by: 2).map {
      Image(width: 8, height: 8, channels: 1, values: test.values(at: $0))
    }
    let table = try EvaluationTable(
      methods: [PriorMethod(prior)], pictures: pictures,
      contextSizes: [30], seed: 4)
    let covered = try #require(table.rows.first?.calibration).coverage90
    #expect((0.84...0.96).contains(covered), "covers \(covered)")
  }

  @Test("Intervals have their coverage under holes", arguments: [MaskKind.block, .half, .strokes])
  func holes(kind: MaskKind) throws {
    let prior = try LearnedPrior.prior.get()
    let test = SmoothPictures(count: 60, seed: 9)
    let pictures = (0..<60).map {
      Image(width: 8, height: 8, channels: 3, values: test.values(at: $0))
    }
    let table = try EvaluationTable(
      methods: [PriorMethod(prior)], pictures: pictures,
      contextSizes: [32], seed: 4, kind: kind)
    let covered = try #require(table.rows.first?.calibration).coverage90
    #expect((0.8...0.98).contains(covered), "covers \(covered)")
  }
}

@Suite("How far the observed points lie together") struct FillDistanceTests {
  private func ratio(_ kind: MaskKind, _ count: Int, seed: UInt64 = 3) -> Double {
    let mask = kind.mask(width: 32, height: 32, keeping: count, seed: seed)
    let seen = mask.observations(of: Image(width: 32, height: 32, channels: 1))
    return FillDistance.ratio(
      CoordinateGrid.points(of: seen, height: 32, width: 32), side: 32)
  }

  @Test("The fill-distance ratio is about 1 for random points and larger for holes")
  func ratios() {
    for count in [3, 30, 300] { #expect(ratio(.random, count) < 1.5, "\(count) points") }
    #expect((1.2...2.5).contains(ratio(.strokes, 512)), "\(ratio(.strokes, 512))")
    #expect((2...6).contains(ratio(.block, 512)), "\(ratio(.block, 512))")
    #expect((4...9).contains(ratio(.half, 512)), "\(ratio(.half, 512))")
  }

  @Test("The fill-distance ratio is 1 if nothing or everything is observed")
  func extremes() {
    #expect(ratio(.random, 0) == 1 && ratio(.random, 1_024) == 1)
  }

  @Test("The fill distance equals the definition's")
  func definition() {
    // One observed corner of 2x2: distances 1, 1, 2, for a random one too.
    #expect(FillDistance.ratio([-1, -1], side: 2) == 1)
    // The leftmost column of 4x4: 4 cells each at 1, 2 and 3.
    let column: [Float] = [-1, -1, -1 / 3, -1, 1 / 3, -1, 1, -1]
    let random = PixelMask.random(width: 4, height: 4, keeping: 4, seed: 1).observed
    var (sum, count) = (0, 0)
    for cell in 0..<16 where !random[cell] {
      let nearest = (0..<16).filter { random[$0] }.map {
        abs($0 / 4 - cell / 4) + abs($0 % 4 - cell % 4)
      }
      sum += nearest.min() ?? 0
      count += 1
    }
    let expected = 2 / (Double(sum) / Double(count))
    #expect(abs(FillDistance.ratio(column, side: 4) - max(1, expected)) < 1e-9)
  }
}
