import DifferentiableCore
import Foundation
import Numerics

/// Fits the output layer of a generated SIREN to the observed points in closed form.
///
/// The output layer is linear. Given its input features, the change of its weights is the mean of a
/// Bayesian linear regression on the residuals of the generated network (Bishop, Pattern Recognition and
/// Machine Learning, equations 3.53 and 3.54). With features F `[n, k]`, residuals R `[n, c]` and
/// precisions D relative to the noise,
///
///     change = (F^T F + D)^-1 F^T R = D^-1 F^T (F D^-1 F^T + I)^-1 R
///
/// The second form is used if there are fewer points than features. Training differentiates through the
/// solution, so that D and the features are trained for the error after the fit.
package enum Conditioning {
  /// The name of the logarithms of D: one per feature, and one for the constant.
  static let precisionName = "conditioning.log_precision"

  /// A constant added to every precision.
  ///
  /// It keeps the system solvable in float32 if training drives a precision to 0. Without it, a long run
  /// at a high learning rate diverged.
  package static let smallestPrecision: Float = 1e-3

  static func appendParameters(
    to parameters: inout some ParameterBuilder, features: Int
  ) {
    parameters.append(precisionName, [features + 1], repeating: 0)
  }

  /// The differentiable outputs of the output layers before and after the fit to the observed points.
  ///
  /// - Parameters:
  ///   - features: `[b, n + m, k]`: at the n observed points, then at the m points to predict.
  ///   - observed: the values at the observed points, `[b, n, c]`.
  ///   - layers: the generated output layers, `[b, k + 1, c]`, with the biases in the last row.
  ///   - logPrecision: `[k + 1]`.
  ///   - mask: 1 for an observed point, 0 for padding, `[b, n]`; nil without padding.
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
      : features.ridgeFittedOutputComposition(
        observed: observed, layers: layers, precision: precision, mask: mask)
    let channels = observed.shape[2]
    return (
      both.sliced(axis: 2, 0..<channels), both.sliced(axis: 2, channels..<2 * channels)
    )
  }

  /// The change for one picture in double precision, stable up to 100,000 points.
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
