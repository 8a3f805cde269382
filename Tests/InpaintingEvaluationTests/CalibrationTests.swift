import Foundation
import ImagePriors
import InpaintingEvaluation
import Interpolation
import Numerics
import Signals
import Testing

@Suite("Calibration") struct CalibrationTests {
  @Test("Normally distributed values have the nominal coverage")
  func normal() throws {
    var random = Xoshiro256(seed: 5)
    let (width, deviation) = (100, 0.1)
    let mean = Image(width: width, height: width, channels: 2, filledWith: 0.5)
    var truth = mean
    for index in truth.values.indices {
      truth.values[index] += Float(deviation * random.normal())
    }
    let variance = [Float](repeating: Float(deviation * deviation), count: truth.values.count)
    let all = [Bool](repeating: true, count: width * width)
    let found = try #require(Calibration(of: mean, variance: variance, truth: truth, where: all))
    // 20,000 values; five standard deviations of the fractions.
    #expect(abs(found.coverage50 - 0.5) < 0.018)
    #expect(abs(found.coverage90 - 0.9) < 0.011)
    #expect(abs(found.coverage95 - 0.95) < 0.008)
    let entropy = 0.5 * (log(2 * Double.pi * deviation * deviation) + 1)
    #expect(abs(found.negativeLogLikelihood - entropy) < 0.025)

    // A variance that is too small or too large is less likely.
    for factor in [Float(0.5), 2] {
      let other = try #require(
        Calibration(of: mean, variance: variance.map { factor * $0 }, truth: truth, where: all))
      #expect(other.negativeLogLikelihood > found.negativeLogLikelihood + 0.05)
      #expect((other.coverage90 > found.coverage90) == (factor > 1))
    }
  }

  @Test("Two values agree with a calculation by hand, and observed pixels do not count")
  func byHand() throws {
    let mean = Image(width: 3, height: 1, channels: 1, values: [0.5, 0.5, 0.5])
    let truth = Image(width: 3, height: 1, channels: 1, values: [0, 0.6, 0.8])
    let found = try #require(
      Calibration(
        of: mean, variance: [0, 0.01, 0.0324], truth: truth, where: [false, true, true]))
    // 1 and 1.667 standard deviations away.
    #expect(found.coverage50 == 0 && found.coverage90 == 0.5 && found.coverage95 == 1)
    let expected =
      0.25 * (log(2 * Double.pi * 0.01) + 1 + log(2 * Double.pi * 0.0324) + 0.09 / 0.0324)
    #expect(abs(found.negativeLogLikelihood - expected) < 1e-5)
    #expect(
      Calibration(
        of: mean, variance: [1, 1, 1], truth: truth, where: [false, false, false]) == nil)
  }

  @Test("A certain value that is wrong is very unlikely, not impossible")
  func certain() throws {
    let mean = Image(width: 1, height: 1, channels: 1, values: [0.5])
    let truth = Image(width: 1, height: 1, channels: 1, values: [0.25])
    let found = try #require(Calibration(of: mean, variance: [0], truth: truth, where: [true]))
    #expect(found.coverage95 == 0)
    #expect(found.negativeLogLikelihood.isFinite && found.negativeLogLikelihood > 1e9)
  }

  @Test("The mean weights each picture equally")
  func mean() {
    let parts = [0.2, 0.6].map {
      Calibration(
        coverage50: $0, coverage90: $0 + 0.1, coverage95: $0 + 0.2, negativeLogLikelihood: -$0)
    }
    let mean = Calibration.mean(parts)
    #expect(abs((mean?.coverage50 ?? 0) - 0.4) < 1e-12)
    #expect(abs((mean?.coverage90 ?? 0) - 0.5) < 1e-12)
    #expect(abs((mean?.coverage95 ?? 0) - 0.6) < 1e-12)
    #expect(abs((mean?.negativeLogLikelihood ?? 0) + 0.4) < 1e-12)
    #expect(Calibration.mean([]) == nil)
  }
}
