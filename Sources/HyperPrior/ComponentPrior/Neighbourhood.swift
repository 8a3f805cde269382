import DifferentiableCore

/// A Gaussian of codes, from some of them.
package struct Neighbourhood: Sendable {
  /// `[J]`.
  package let mean: [Double]
  /// The codes' departures from it, times the roots of their weights, `[m, J]`.
  fileprivate let departures: SingleMatrix
  /// How much of the collection's covariance, the identity, is mixed in.
  fileprivate let globalShare: Double

  package init(mean: [Double], departures: SingleMatrix, globalShare: Double) {
    self.mean = mean
    self.departures = departures
    self.globalShare = globalShare
  }

  /// `[J, J]`, positive definite.
  fileprivate var covariance: DoubleMatrix {
    var result = DoubleMatrix(departures.gram())
    for index in mean.indices { result[index, index] += globalShare }
    return result
  }
}

/// Conditions neighbourhoods on the observations of a set of points.
///
/// Of few observed values in their space, `m + S P^T (P S P^T + I)^-1 (r - P m)`, where the covariance S of a
/// neighbourhood is not even made; of many in the space of codes, `(S^-1 + P^T P)^-1`.
package struct NeighbourhoodConditioning: Sendable {
  private let precision: DoubleMatrix
  /// Of few values P^T, `[J, c n]`, and P P^T; else nil.
  private let few: (loadings: SingleMatrix, gram: DoubleMatrix)?

  /// - Parameters:
  ///   - loadings: P along each channel axis, `[n, J]`.
  ///   - precision: `P^T P`, summed over the axes.
  package init(loadings: [DoubleMatrix], precision: DoubleMatrix) {
    self.precision = precision
    let order = precision.rows
    let count = loadings.reduce(0) { $0 + $1.rows }
    // Twice the products of a neighbourhood's covariance are saved below half the order.
    guard 2 * count <= order else {
      few = nil
      return
    }
    let stacked = DoubleMatrix(
      rows: count, columns: order, values: loadings.flatMap(\.values))
    few = (SingleMatrix(stacked.transposed()), stacked.rowGram())
  }

  /// A code given what was observed.
  ///
  /// - Parameters:
  ///   - neighbourhood: the Gaussian it comes from.
  ///   - projection: `P^T r`, `[J]`.
  ///   - residual: r, the axes one after the other, `[c n]`.
  ///   - withCovariance: whether the covariance is wanted.
  /// - Returns: its mean `[J]`, and its covariance `[J, J]` if that is wanted.
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  package func posterior(
    _ neighbourhood: Neighbourhood, projection: [Double], residual: [Double],
    withCovariance: Bool
  ) throws -> (mean: [Double], covariance: DoubleMatrix?) {
    let near = try few.map { try Self.mean(neighbourhood, $0, residual: residual) }
    if let near, !withCovariance { return (near, nil) }
    var total = try LinearAlgebra.choleskyFactor(neighbourhood.covariance).inverse()
    total.add(precision)
    let factor = try LinearAlgebra.choleskyFactor(total)
    let covariance = withCovariance ? factor.inverse() : nil
    if let near { return (near, covariance) }
    let centre = neighbourhood.mean
    let explained = precision.multiplied(by: centre)
    let step = factor.solve(zip(projection, explained).map { $0 - $1 })
    return (zip(centre, step).map { $0 + $1 }, covariance)
  }

  /// The mean, in the space of the observed values.
  private static func mean(
    _ neighbourhood: Neighbourhood, _ few: (loadings: SingleMatrix, gram: DoubleMatrix),
    residual: [Double]
  ) throws -> [Double] {
    let (centre, departures) = (neighbourhood.mean, neighbourhood.departures)
    let seen = departures.multiplied(by: few.loadings)
    var covariance = DoubleMatrix(seen.gram())
    covariance.add(few.gram, times: neighbourhood.globalShare)
    for index in residual.indices { covariance[index, index] += 1 }
    let expected = few.loadings.transposedMultiplied(by: centre)
    let weights = try LinearAlgebra.choleskyFactor(covariance).solve(
      zip(residual, expected).map { $0 - $1 })
    let wide = few.loadings.multiplied(by: weights)
    let near = departures.transposedMultiplied(by: seen.multiplied(by: weights))
    return centre.indices.map {
      centre[$0] + neighbourhood.globalShare * wide[$0] + near[$0]
    }
  }
}
