import Fields
import Numerics

/// A picture as a sum of cosines: coefficients together with the functions that they belong to.
///
/// A subspace prior's own pictures use the functions of its ``SubspacePrior/basis``. Pictures that a
/// residual network has corrected use more of them.
struct CosineSeries: Sendable {
  /// The functions, K of them.
  let basis: CosineBasis
  /// Along each channel axis of the prior, `[c, K]`.
  private(set) var coefficients: DoubleMatrix

  init(_ coefficients: DoubleMatrix, in basis: CosineBasis) {
    precondition(
      coefficients.columns == basis.count,
      "\(coefficients.columns) coefficients of \(basis.count) functions")
    self.basis = basis
    self.coefficients = coefficients
  }

  /// Adds a multiple of a picture whose functions are the first ones of this series.
  ///
  /// - Parameter other: `[c, K']` with K' at most K.
  mutating func add(_ other: DoubleMatrix, times factor: Double = 1) {
    for axis in 0..<other.rows {
      for index in 0..<other.columns {
        coefficients[axis, index] += factor * other[axis, index]
      }
    }
  }

  /// `(1 - share) self + share other`, for two series in the same functions.
  func mixed(with other: CosineSeries, share: Double) -> CosineSeries {
    precondition(basis == other.basis, "series in different functions cannot be mixed")
    return CosineSeries(coefficients.mixed(with: other.coefficients, share: share), in: basis)
  }
}
