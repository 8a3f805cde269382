import DifferentiableCore
import Foundation
import RandomNumbers

/// Fitting the last layer of a generated SIREN to the observed points in closed form.
///
/// The last layer is linear, so given its input features the best change of its weights is a
/// Bayesian linear regression on what the generated network leaves unexplained (Bishop, Pattern
/// Recognition and Machine Learning, equations 3.53 and 3.54): with features F `[n, k]`, residuals
/// R `[n, c]` and precisions relative to the noise D,
///
///     change = (F^T F + D)^-1 F^T R = D^-1 F^T (F D^-1 F^T + I)^-1 R
///
/// The second form is used where points are fewer than features. Training differentiates through
/// the solve, so D and the features learn what makes the fit generalize.
package enum Conditioning {
  /// Name of the logarithms of D, one a feature and one for the constant.
  static let precisionName = "conditioning.log_precision"

  /// Added to every precision: keeps the system solvable in float32 when training drives one to 0
  /// (measured: without it a long run at a high learning rate went astray).
  package static let smallestPrecision: Float = 1e-3

  static func appendParameters(to parameters: inout Parameters, features: Int) {
    parameters.append(precisionName, [features + 1], repeating: 0)
  }

  /// The features with a constant appended, `[b, n, k + 1]`.
  package static func extended(_ features: Tensor) -> Tensor {
    Tensor.concatenated(
      [features, .ones([features.shape[0], features.shape[1], 1])], axis: 2)
  }

  /// The change of the last layer, `[b, k + 1, c]`, differentiable.
  ///
  /// - Parameters:
  ///   - features: extended features at the observed points, `[b, n, k + 1]`.
  ///   - residuals: observed minus generated values there, `[b, n, c]`.
  ///   - logPrecision: `[k + 1]`.
  package static func change(features: Tensor, residuals: Tensor, logPrecision: Tensor) -> Tensor {
    let (batch, points, count) = (features.shape[0], features.shape[1], features.shape[2])
    if points == 0 { return .zeros([batch, count, residuals.shape[2]]) }
    if points < count {
      let weighted = features / precision(logPrecision)
      let kernel =
        weighted.matrixProduct(features, transposingRight: true) + identity(points)
      return weighted.matrixProduct(
        kernel.positiveDefiniteSolution(residuals), transposingLeft: true)
    }
    let gram = features.gram() + identity(count) * precision(logPrecision)
    return gram.positiveDefiniteSolution(
      features.matrixProduct(residuals, transposingLeft: true))
  }

  private static func precision(_ logPrecision: Tensor) -> Tensor {
    logPrecision.exponential() + smallestPrecision
  }

  private static func identity(_ size: Int) -> Tensor {
    var values = [Float](repeating: 0, count: size * size)
    for position in 0..<size { values[position * size + position] = 1 }
    return Tensor(values, shape: [size, size])
  }

  /// The same change for one picture in double precision, stable up to 100,000 points.
  ///
  /// - Returns: `[k + 1, c]`, row-major.
  package static func exactChange(
    features: Tensor, residuals: Tensor, logPrecision: Tensor
  ) throws -> DoubleMatrix {
    let (points, count) = (features.shape[0], features.shape[1])
    let channels = residuals.shape[1]
    guard points > 0 else {
      return DoubleMatrix(
        rows: count, columns: channels, values: [Double](repeating: 0, count: count * channels))
    }
    let f = DoubleMatrix(rows: points, columns: count, values: features.values.map(Double.init))
    let r = DoubleMatrix(
      rows: points, columns: channels, values: residuals.values.map(Double.init))
    let precision = logPrecision.values.map { exp(Double($0)) + Double(smallestPrecision) }
    if points < count {
      var weighted = f
      for row in 0..<points {
        for column in 0..<count { weighted[row, column] /= precision[column] }
      }
      var kernel = weighted.multiplied(by: f.transposed())
      for row in 0..<points { kernel[row, row] += 1 }
      let solved = try LinearAlgebra.choleskyFactor(kernel).solve(r)
      return weighted.transposed().multiplied(by: solved)
    }
    let transposed = f.transposed()
    var gram = transposed.multiplied(by: f)
    for row in 0..<count { gram[row, row] += precision[row] }
    return try LinearAlgebra.choleskyFactor(gram).solve(transposed.multiplied(by: r))
  }
}
