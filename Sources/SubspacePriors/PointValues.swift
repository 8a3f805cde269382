import Numerics

/// Measured values as sums of functions: `values = functions w + noise`, the noise of a row independent
/// with a variance inversely proportional to its count.
package struct PointValues: Sendable {
  /// `[n, K]`.
  package let functions: DoubleMatrix
  /// `[n, c]`.
  package let values: DoubleMatrix
  /// Measurements that each row is the mean of, `[n]`, above 0.
  package let counts: [Double]

  /// Values of points, a row each.
  package init(functions: DoubleMatrix, values: DoubleMatrix, counts: [Double]) {
    self.functions = functions
    self.values = values
    self.counts = counts
  }

  /// Added to the diagonal of the condensed system, relative to its mean, so that points which leave some
  /// function unseen can be condensed too: as if each coefficient had been measured as 0 with a hundred
  /// thousand times the deviation of what the points say on the average, far below what a prior knows.
  private static let ridge = 1e-10

  /// As many rows as there are functions that say the same about their coefficients w, if there are more.
  ///
  /// With `A = F^T N F` and `L L^T = A`, N the counts, all that the values say of w is `A` and
  /// `F^T N y`; so do the rows L^T with the values `L^-1 F^T N y` and counts of 1.
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

extension DoubleMatrix {
  /// Each row times a number of its own.
  fileprivate func scalingRows(by factors: [Double]) -> DoubleMatrix {
    var result = self
    for (row, factor) in factors.enumerated() where factor != 1 {
      for index in row * columns..<(row + 1) * columns { result.values[index] *= factor }
    }
    return result
  }
}
