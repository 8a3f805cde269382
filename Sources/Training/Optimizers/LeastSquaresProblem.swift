import Numerics

/// A sum of squares to be minimized by Gauss-Newton steps.
public protocol LeastSquaresProblem {
  /// Number P of parameters.
  var parameterCount: Int { get }

  /// The residuals r, whose squared length is twice the cost.
  ///
  /// - Parameters:
  ///   - parameters: P numbers.
  ///   - step: the number of the step, for problems that draw new points for each.
  func residuals(at parameters: [Double], step: Int) -> [Double]

  /// The Jacobian matrix of the residuals with the residuals as its last column, `[n, P + 1]`.
  func linearization(at parameters: [Double], step: Int) -> DoubleMatrix
}
