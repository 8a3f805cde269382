import Numerics
import PriorTestSupport
import Signals
import SubspacePriors
import TestSupport
import Testing

@Suite("More points than functions") struct PointValuesTests {
  private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> DoubleMatrix {
    var random = Xoshiro256(seed: seed)
    return DoubleMatrix(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { _ in Double.random(in: -1...1, using: &random) })
  }

  /// The sufficient statistics of the coefficients in rows with their counts.
  private func statistics(_ points: PointValues) -> [Double] {
    var weighted = points.functions
    for row in 0..<weighted.rows {
      for column in 0..<weighted.columns { weighted[row, column] *= points.counts[row] }
    }
    return weighted.transposedMultiplied(by: points.functions).values
      + weighted.transposedMultiplied(by: points.values).values
  }

  @Test("Condensed points give the same posterior")
  func same() throws {
    let points = PointValues(
      functions: matrix(40, 6, seed: 1), values: matrix(40, 2, seed: 2),
      counts: (0..<40).map { 1 + Double($0 % 3) })
    let condensed = try points.condensed()
    #expect(condensed.functions.rows == 6 && condensed.counts == [1, 1, 1, 1, 1, 1])
    expectClose(
      actual: statistics(condensed), expected: statistics(points), absolute: 1e-7 * 40)
  }

  @Test("Points that do not determine all functions are condensed too")
  func unseen() throws {
    // The last two functions are 0 at every point, and two others are alike.
    var functions = matrix(30, 6, seed: 3)
    for row in 0..<30 {
      functions[row, 3] = functions[row, 0]
      functions[row, 4] = 0
      functions[row, 5] = 0
    }
    let points = PointValues(
      functions: functions, values: matrix(30, 1, seed: 4),
      counts: [Double](repeating: 1, count: 30))
    let condensed = try points.condensed()
    expectClose(actual: statistics(condensed), expected: statistics(points), absolute: 1e-5)
  }

  @Test("As many points as there are functions are not condensed")
  func few() throws {
    let points = PointValues(
      functions: matrix(6, 6, seed: 5), values: matrix(6, 1, seed: 6),
      counts: [1, 2, 3, 4, 5, 6])
    #expect(try points.condensed().functions == points.functions)
  }

  @Test("One point more than there are functions changes a picture only a little")
  func continuity() throws {
    let prior = try LearnedPrior.prior.get()
    let fine = Image(
      width: 8, height: 8, channels: 3, values: SmoothPictures(count: 8, seed: 3).values(at: 1)
    ).resized(width: 16, height: 16)
    // 64 functions: the first is not condensed, the second is; the added point repeats what is known.
    let masks = [64, 65].map { count in
      PixelMask(width: 16, height: 16, observed: (0..<256).map { $0 % 4 == 0 || $0 < count - 63 })
    }
    let pictures = try masks.map {
      try prior.posterior($0.observations(of: fine), width: 16, height: 16)
        .image(width: 16, height: 16).values
    }
    let counts = masks.map(\.observedCount)
    #expect(counts == [64, 65])
    expectClose(actual: pictures[1], expected: pictures[0], absolute: 0.02)
  }
}
