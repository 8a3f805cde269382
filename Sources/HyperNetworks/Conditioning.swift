import DifferentiableCore
import Foundation
import Numerics

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

  static func appendParameters(
    to parameters: inout some ParameterBuilder, features: Int
  ) {
    parameters.append(precisionName, [features + 1], repeating: 0)
  }

  /// The values that last layers make of features before and after they are fitted to the observed points,
  /// differentiable.
  ///
  /// - Parameters:
  ///   - features: `[b, n + m, k]`: at the n observed points, then where to predict.
  ///   - observed: the values at the observed points, `[b, n, c]`.
  ///   - layers: the generated last layers, `[b, k + 1, c]`, the biases' row last.
  ///   - logPrecision: `[k + 1]`.
  ///   - mask: 1 for an observed point, 0 for padding, `[b, n]`; nil if all are points.
  /// - Returns: `[b, m, c]` each.
  package static func values(
    from features: Tensor, observed: Tensor, layers: Tensor, logPrecision: Tensor,
    mask: Tensor? = nil
  ) -> (fitted: Tensor, generated: Tensor) {
    let precision = logPrecision.exponential() + smallestPrecision
    if observed.shape[1] == 0 {
      let values = features.affine(ofEach: layers)
      return (values, values)
    }
    let both =
      mask == nil
      ? features.ridgeFittedOutput(observed: observed, layers: layers, precision: precision)
      : features.fittedReadoutComposition(
        observed: observed, layers: layers, precision: precision, mask: mask)
    let channels = observed.shape[2]
    return (
      both.sliced(axis: 2, 0..<channels), both.sliced(axis: 2, channels..<2 * channels)
    )
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
