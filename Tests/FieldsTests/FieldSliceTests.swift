import DifferentiableCore
import Fields
import Numerics
import TestSupport
import Testing

@Suite("Slices of fields") struct FieldSliceTests {
  private static func field() -> SirenGrid {
    SirenGrid(
      CellGrid([
        CellAxis(samples: 6, cells: 2, overlap: 1), CellAxis(samples: 9, cells: 2, overlap: 1),
        CellAxis(samples: 12, cells: 3, overlap: 1.5),
      ]),
      SirenArchitecture(
        coordinates: 3, hiddenWidth: 6, hiddenLayers: 1, outputs: 2, omegaFirst: 3, omegaHidden: 3),
      seed: 4)
  }

  /// Points of rows and columns.
  private static let points: [Float] = [-0.9, 0.1, 0.05, -0.35, 0.4, 0.34, 0.97, -1]

  @Test("A slice has the value, gradient and Laplacian along the other coordinates")
  func derivatives() {
    let field = Self.field()
    let time: Float = 0.1
    let all = stride(from: 0, to: Self.points.count, by: 2).flatMap {
      [time, Self.points[$0], Self.points[$0 + 1]]
    }
    let whole = field.evaluate(at: all, derivatives: .gradient)
    let slice = FieldSlice(field, at: Double(time)).evaluate(
      at: Self.points, derivatives: .laplacian)
    expectClose(actual: slice.value, expected: whole.value, absolute: 1e-6)
    let spatial = stride(from: 0, to: whole.gradient.count, by: 3).flatMap {
      [whole.gradient[$0 + 1], whole.gradient[$0 + 2]]
    }
    expectClose(actual: slice.gradient, expected: spatial, absolute: 1e-4)
    // The Laplacian by differences of the gradient, along rows and columns.
    let step: Float = 1e-3
    let shifted = { (axis: Int, sign: Float) -> [Float] in
      let moved = Self.points.enumerated().map { $0 % 2 == axis ? $1 + sign * step : $1 }
      return FieldSlice(field, at: Double(time)).evaluate(at: moved, derivatives: .gradient)
        .gradient
    }
    var expected = [Float](repeating: 0, count: slice.laplacian.count)
    for axis in 0..<2 {
      let (high, low) = (shifted(axis, 1), shifted(axis, -1))
      for index in expected.indices {
        expected[index] += (high[2 * index + axis] - low[2 * index + axis]) / (2 * step)
      }
    }
    let size = expected.map { abs($0) }.max() ?? 0
    expectClose(actual: slice.laplacian, expected: expected, absolute: 0.01 * Double(size))
  }

  @Test("The rate is the derivative along the fixed coordinate")
  func rate() {
    let field = Self.field()
    let step = 1e-3
    let value = { (time: Double) in
      FieldSlice(field, at: time).evaluate(at: Self.points, derivatives: .none).value
    }
    let expected = zip(value(0.1 + step), value(0.1 - step)).map { ($0 - $1) / Float(2 * step) }
    let rate = FieldSlice(field, at: 0.1, part: .rate).evaluate(
      at: Self.points, derivatives: .none)
    let size = expected.map { abs($0) }.max() ?? 0
    expectClose(actual: rate.value, expected: expected, absolute: 0.01 * Double(size))
  }

  @Test("Scaled coordinates give derivatives along the scaled coordinates")
  func stretched() {
    let slice = FieldSlice(Self.field(), at: -0.4)
    let plain = slice.evaluate(at: [0.2, 0.3], derivatives: .gradient)
    let own = slice.scalingCoordinates(by: [0.5, 0.25]).evaluate(
      at: [0.4, 1.2], derivatives: .gradient)
    expectClose(actual: own.value, expected: plain.value, absolute: 1e-6)
    expectClose(
      actual: own.gradient,
      expected: plain.gradient.enumerated().map { $1 * ($0 % 2 == 0 ? 0.5 : 0.25) },
      absolute: 1e-4)
  }
}
