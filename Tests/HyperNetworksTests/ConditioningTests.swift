import DifferentiableCore
import Foundation
import HyperNetworks
import Numerics
import PriorTestSupport
import TestSupport
import Testing

/// The closed-form fit of the last layer: features of width 6 and a constant, fewer and more points.
@Suite struct ConditioningTests {
  private static let width = 7

  /// Features `[2, n, 7]`, the last one 1, residuals `[2, n, 3]` and logarithms of the precisions `[7]`.
  private func problem(_ points: Int) -> [Tensor] {
    var random = Xoshiro256(seed: 12, UInt64(points))
    let inputs = [[2, points, Self.width - 1], [2, points, 3], [Self.width]].map {
      SmallPrior.uniform($0, &random)
    }
    return [inputs[0].withConstant] + inputs[1...]
  }

  @Test("Both forms agree with the exact solution", arguments: [1, 3, 6, 7, 8, 30])
  func formsAgree(points: Int) throws {
    let inputs = problem(points)
    let precision = inputs[2].exponential() + Conditioning.smallestPrecision
    let change = inputs[0].ridgeRegression(of: inputs[1], precision: precision)
    #expect(change.shape == [2, Self.width, 3])
    // Rows of zeros change nothing, but with them there are more points than features.
    let padded = inputs[0...1].map { $0.padded(axis: 1, before: 0, after: Self.width) }
    let primal = padded[0].ridgeRegression(of: padded[1], precision: precision)
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

  @Test(
    "Fitted values equal those of the exact change, and padding has no effect",
    arguments: [1, 5, 30])
  func fittedValues(points: Int) throws {
    var random = Xoshiro256(seed: 13, UInt64(points))
    let (targets, channels, inputs) = (4, 3, Self.width - 1)
    let features = SmallPrior.uniform([2, points + targets, inputs], &random)
    let observed = SmallPrior.uniform([2, points, channels], &random)
    let layers = SmallPrior.uniform([2, Self.width, channels], &random)
    let logPrecision = SmallPrior.uniform([Self.width], &random)
    let (fitted, generated) = Conditioning.values(
      from: features, observed: observed, layers: layers, logPrecision: logPrecision)
    let extended = features.withConstant
    let residuals = observed - extended.sliced(axis: 1, 0..<points).matrixProduct(layers)
    for picture in 0..<2 {
      let one = { (tensor: Tensor) in
        tensor.sliced(axis: 0, picture..<picture + 1).reshaped(Array(tensor.shape.dropFirst()))
      }
      let exact = try Conditioning.exactChange(
        features: one(extended).sliced(axis: 0, 0..<points), residuals: one(residuals),
        logPrecision: logPrecision)
      let change = Tensor(exact.values.map { Float($0) }, shape: [Self.width, channels])
      let asked = one(extended).sliced(axis: 0, points..<points + targets)
      let before = asked.matrixProduct(one(layers))
      #expect(errorRelativeToLargest(one(generated).values, before.values) < 1e-5)
      let after = before + asked.matrixProduct(change)
      #expect(errorRelativeToLargest(one(fitted).values, after.values) < 1e-4)
    }
    let padded = Tensor.concatenated(
      [
        features.sliced(axis: 1, 0..<points), SmallPrior.uniform([2, 3, inputs], &random),
        features.sliced(axis: 1, points..<points + targets),
      ], axis: 1)
    let masked = Conditioning.values(
      from: padded, observed: observed.padded(axis: 1, before: 0, after: 3), layers: layers,
      logPrecision: logPrecision,
      mask: Tensor.ones([2, points]).padded(axis: 1, before: 0, after: 3))
    #expect(errorRelativeToLargest(masked.fitted.values, fitted.values) < 1e-4)
    #expect(errorRelativeToLargest(masked.generated.values, generated.values) < 1e-5)
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

  @Test func noPointsChangeNothing() throws {
    let inputs = problem(0)
    var random = Xoshiro256(seed: 14)
    let (fitted, generated) = Conditioning.values(
      from: SmallPrior.uniform([2, 4, Self.width - 1], &random), observed: inputs[1],
      layers: SmallPrior.uniform([2, Self.width, 3], &random), logPrecision: inputs[2])
    #expect(fitted.shape == [2, 4, 3] && fitted.values == generated.values)
    let exact = try Conditioning.exactChange(
      features: .zeros([0, Self.width]), residuals: .zeros([0, 3]), logPrecision: inputs[2])
    #expect(exact == DoubleMatrix(rows: Self.width, columns: 3))
  }
}
