import Numerics

/// Measured values as sums of functions: `values = functions w + noise`, with independent noise whose
/// variance in each row is inversely proportional to the row's count.
package struct PointValues: Sendable {
  /// `[n, K]`.
  package let functions: DoubleMatrix
  /// `[n, c]`.
  package let values: DoubleMatrix
  /// The number of measurements of which each row is the mean, `[n]`, above 0.
  package let counts: [Double]

  /// Values of points, one row each.
  package init(functions: DoubleMatrix, values: DoubleMatrix, counts: [Double]) {
    self.functions = functions
    self.values = values
    self.counts = counts
  }

  /// Added to the diagonal of the condensed system, relative to its mean, so that the system is regular when
  /// the points do not determine some function.
  ///
  /// It is as if each coefficient had also been measured as 0, with a hundred thousand times the standard
  /// deviation of an average measurement, which is negligible against the prior.
  private static let ridge = 1e-10

  /// Equivalent values with as many rows as functions, if there are more rows.
  ///
  /// With the counts N and `L L^T = A = F^T N F`, the sufficient statistics of the coefficients w are `A` and
  /// `F^T N y`. Rows `L^T` with the values `L^-1 F^T N y` and counts of 1 have the same statistics.
  ///
  /// - Throws: `LinearAlgebraError` for numbers that are not finite.
  package func condensed() throws -> PointValues {
    let size = functions.columns
    guard functions.rows > size else { return self }
    let roots = counts.map { $0.squareRoot() }
    let weighted = functions.scalingRows(by: roots)
    var square = weighted.gram()
    let mean = (0..<size).reduce(0.0) { $0 + square[$1, $1] } / Double(size)
    for index in 0..<size { square[index, index] += Self.ridge * mean }
    let factor = try LinearAlgebra.choleskyFactor(square)
    let projected = weighted.transposedMultiplied(by: values.scalingRows(by: roots))
    return PointValues(
      functions: factor.lowerProduct(.identity(size)).transposed(),
      values: factor.solveLower(projected), counts: [Double](repeating: 1, count: size))
  }
}
