import Foundation
import GridPriors
import Numerics
import TestSupport
import Testing

/// Factors on predicted scales.
@Suite("Calibration of deviations") struct DeviationCalibrationTests {
  /// Errors of a Laplace density whose scale is not the predicted one, and depends on it.
  private func samples(_ count: Int, seed: UInt64) -> [(logarithm: Float, ratio: Float)] {
    var random = Xoshiro256(seed: seed)
    return (0..<count).map { _ in
      let logarithm = -4 + 5 * random.uniform()
      let scale = 0.5 + 0.3 * (logarithm + 4)
      return (Float(logarithm), Float(-log(1 - random.uniform()) * scale))
    }
  }

  @Test("Intervals of 90% hold 90% of other values, at every scale")
  func laplace() {
    let calibration = DeviationCalibration(measuredOn: samples(48_000, seed: 1))
    #expect(calibration.logarithms.count == 12)
    let others = samples(48_000, seed: 2)
    func share(_ samples: [(logarithm: Float, ratio: Float)]) -> Double {
      let held = samples.count { $0.ratio <= 1.645 * calibration.factor(at: $0.logarithm) }
      return Double(held) / Double(samples.count)
    }
    #expect(abs(share(others) - 0.9) < 0.01)
    for start in stride(from: -4 as Float, to: 1, by: 1) {
      let own = others.filter { (start..<start + 1).contains($0.logarithm) }
      #expect(own.count > 5_000 && abs(share(own) - 0.9) < 0.02, "\(start): \(share(own))")
    }
  }

  @Test("Few samples, or one scale alone, give a calibration too")
  func few() {
    #expect(DeviationCalibration(measuredOn: []) == DeviationCalibration())
    #expect(DeviationCalibration(measuredOn: samples(1_199, seed: 1)) == DeviationCalibration())
    let same = samples(2_000, seed: 1).map { (logarithm: Float(-8), ratio: $0.ratio) }
    let calibration = DeviationCalibration(measuredOn: same)
    #expect(calibration.logarithms == [-8])
    #expect(calibration.factors.allSatisfy { $0 > 0 })
  }

  @Test("The untrained factor is that of a Laplace density")
  func untrained() {
    let calibration = DeviationCalibration()
    for logarithm in [-9, 0, 5] as [Float] {
      // 90% of a Laplace density of scale 1 lie within -log(0.1).
      expectClose(
        actual: 1.645 * calibration.factor(at: logarithm), expected: -log(0.1 as Float),
        absolute: 1e-3)
    }
  }

  @Test("Factors are linear between the points and constant beyond")
  func between() throws {
    let calibration = try #require(
      DeviationCalibration(logarithms: [-2, 0, 4], factors: [1, 2, 4]))
    for (logarithm, factor) in [(-9, 1), (-2, 1), (-1, 1.5), (0, 2), (3, 3.5), (4, 4), (9, 4)]
      as [(Float, Float)]
    {
      #expect(calibration.factor(at: logarithm) == factor)
    }
  }

  @Test(
    "Points that are no calibration are refused",
    arguments: [
      ([], []), ([0], [1, 2]), ([0, 0], [1, 1]), ([1, 0], [1, 1]), ([0], [0]), ([0], [-1]),
      ([.nan], [1]), ([0], [.infinity]),
    ] as [([Float], [Float])])
  func refused(logarithms: [Float], factors: [Float]) {
    #expect(DeviationCalibration(logarithms: logarithms, factors: factors) == nil)
  }
}
