import DifferentiableCore
import Foundation
import HyperPrior
import RandomNumbers
import TestSupport
import Testing

/// The closed-form fit of the last layer: features of width 7, fewer and more points.
@Suite struct ConditioningTests {
  private static let width = 7

  /// Features `[2, n, 7]`, residuals `[2, n, 3]` and logarithms of the precisions `[7]`.
  private func problem(_ points: Int) -> [Tensor] {
    var random = Xoshiro256(seed: 12, UInt64(points))
    return [[2, points, Self.width], [2, points, 3], [Self.width]].map {
      SmallPrior.uniform($0, &random)
    }
  }

  @Test("Both forms and the exact one agree", arguments: [1, 3, 6, 7, 8, 30])
  func formsAgree(points: Int) throws {
    let inputs = problem(points)
    let change = Conditioning.change(
      features: inputs[0], residuals: inputs[1], logPrecision: inputs[2])
    #expect(change.shape == [2, Self.width, 3])
    // Rows of zeros change nothing, but with them there are more points than features.
    let padded = inputs[0...1].map { $0.padded(axis: 1, before: 0, after: Self.width) }
    let primal = Conditioning.change(
      features: padded[0], residuals: padded[1], logPrecision: inputs[2])
    #expect(errorRelativeToLargest(change.values, primal.values) < 2e-5)
    for picture in 0..<2 {
      let one = { (tensor: Tensor) in
        tensor.sliced(axis: 0, picture..<picture + 1).reshaped(Array(tensor.shape.dropFirst()))
      }
      let exact = try Conditioning.exactChange(
        features: one(inputs[0]), residuals: one(inputs[1]), logPrecision: inputs[2])
      #expect(exact.rows == Self.width && exact.columns == 3)
      #expect(errorRelativeToLargest(one(change).values, exact.values) < 2e-5)
    }
  }

  @Test("The change solves the normal equations", arguments: [3, 30])
  func normalEquationsHold(points: Int) throws {
    let inputs = problem(points)
    let f = inputs[0].sliced(axis: 0, 0..<1).reshaped([points, Self.width])
    let r = inputs[1].sliced(axis: 0, 0..<1).reshaped([points, 3])
    let exact = try Conditioning.exactChange(
      features: f, residuals: r, logPrecision: inputs[2])
    for feature in 0..<Self.width {
      for channel in 0..<3 {
        let precision =
          exp(Double(inputs[2].values[feature])) + Double(Conditioning.smallestPrecision)
        var slope = precision * exact[feature, channel]
        for point in 0..<points {
          var left = -Double(r.values[3 * point + channel])
          for other in 0..<Self.width {
            left += Double(f.values[point * Self.width + other]) * exact[other, channel]
          }
          slope += Double(f.values[point * Self.width + feature]) * left
        }
        #expect(abs(slope) < 1e-10)
      }
    }
  }

  @Test("Derivatives agree with central differences", arguments: [3, 12])
  func derivativesAgree(points: Int) {
    let check = checkGradients(at: problem(points), order: 2, seed: 4) {
      Conditioning.change(features: $0[0], residuals: $0[1], logPrecision: $0[2])
    }
    #expect(check.largestError < 5e-3, "error \(check.largestError) at order \(check.order)")
  }

  @Test func noPointsChangeNothing() throws {
    let inputs = problem(0)
    let change = Conditioning.change(
      features: inputs[0], residuals: inputs[1], logPrecision: inputs[2])
    #expect(change.shape == [2, Self.width, 3])
    #expect(change.values.allSatisfy { $0 == 0 })
    let exact = try Conditioning.exactChange(
      features: .zeros([0, Self.width]), residuals: .zeros([0, 3]), logPrecision: inputs[2])
    #expect(exact == DoubleMatrix(rows: Self.width, columns: 3))
  }
}
