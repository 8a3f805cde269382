import Numerics

/// A Gaussian of codes, estimated from the nearest training codes.
///
/// Its mean is their weighted mean. Its covariance is a mixture of their weighted covariance and the
/// collection's, which is the identity.
package struct Neighbourhood: Sendable {
  /// The nearest codes.
  let members: [TrainingCodes.Member]
  /// Their weights, which sum to 1.
  let weights: [Double]

  /// The weight of the collection's covariance in a neighbourhood's, 0...1.
  ///
  /// A few hundred codes do not determine a covariance in most directions. (Measured: 0.1 and 0.3
  /// give the same errors.)
  package static let globalWeight = 0.2

  package init(members: [TrainingCodes.Member], weights: [Double]) {
    self.members = members
    self.weights = weights
  }

  /// Factors on the members' departures from the mean, with which their Gram matrix is the covariance.
  fileprivate var factors: [Double] {
    weights.map { ((1 - Self.globalWeight) * $0).squareRoot() }
  }
}

/// Conditions neighbourhoods on the observations of a set of points.
///
/// With few observed values the mean is `m + S P^T K^-1 (r - P m)` with `K = P S P^T + I`, in the space of
/// the values. It needs neither a neighbourhood's covariance S nor its codes, only the codes' values at the
/// points, unless the posterior's covariance `S - S P^T K^-1 P S` is wanted too. With many values the
/// covariance is `(S^-1 + P^T P)^-1`, in the space of codes.
package struct NeighbourhoodConditioning: Sendable {
  let codes: TrainingCodes
  private let precision: DoubleMatrix
  /// P, `[c n, J]`.
  private let loadings: DoubleMatrix
  /// For means without a covariance; nil if there are many observed values or no such mean is
  /// requested.
  let few: Few?

  struct Few: Sendable {
    /// P^T.
    let turned: SingleMatrix
    /// P P^T.
    let gram: DoubleMatrix
    let seen: SeenCodes
  }

  /// - Parameters:
  ///   - codes: the codes that neighbourhoods consist of.
  ///   - loadings: P along each channel axis, `[n, J]`.
  ///   - precision: `P^T P`, summed over the axes.
  ///   - forMeans: whether means without a covariance will be requested, which prepares the codes.
  package init(
    codes: TrainingCodes, loadings: [DoubleMatrix], precision: DoubleMatrix, forMeans: Bool
  ) {
    self.codes = codes
    self.precision = precision
    let stacked = DoubleMatrix(
      rows: loadings.reduce(0) { $0 + $1.rows }, columns: precision.rows,
      values: loadings.flatMap(\.values))
    self.loadings = stacked
    guard forMeans, stacked.rows <= precision.rows else {
      few = nil
      return
    }
    let turned = SingleMatrix(stacked.transposed())
    few = Few(
      turned: turned, gram: stacked.rowGram(), seen: SeenCodes(codes, loadings: turned))
  }

  /// The posterior of a code given the observations.
  ///
  /// - Parameters:
  ///   - neighbourhood: its prior.
  ///   - projection: `P^T r`, `[J]`.
  ///   - residual: r, one axis after the other, `[c n]`.
  ///   - withCovariance: whether to compute the covariance.
  /// - Returns: its mean `[J]`, and its covariance `[J, J]` if requested.
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  package func posterior(
    _ neighbourhood: Neighbourhood, projection: [Double], residual: [Double],
    withCovariance: Bool
  ) throws -> (mean: [Double], covariance: DoubleMatrix?) {
    let centre = codes.sum(neighbourhood.members, times: neighbourhood.weights)
    if let few, !withCovariance {
      return (try mean(neighbourhood, centre, few, residual: residual), nil)
    }
    let departures = codes.departures(
      neighbourhood.members, from: centre, times: neighbourhood.factors)
    var covariance = DoubleMatrix(departures.gram())
    for index in centre.indices { covariance[index, index] += Neighbourhood.globalWeight }
    // Above half the order the products cost more than the inverses that they replace.
    if withCovariance, 2 * residual.count <= centre.count {
      return try posterior(centre, covariance, residual: residual)
    }
    var total = try LinearAlgebra.choleskyFactor(covariance).inverse()
    total.add(precision)
    let factor = try LinearAlgebra.choleskyFactor(total)
    let explained = precision.multiplied(by: centre)
    let step = factor.solve(zip(projection, explained).map { $0 - $1 })
    return (zip(centre, step).map { $0 + $1 }, withCovariance ? factor.inverse() : nil)
  }

  /// Mean and covariance, in the space of the observed values; in double precision, since the result is the
  /// small difference of larger covariances.
  private func posterior(
    _ centre: [Double], _ covariance: DoubleMatrix, residual: [Double]
  ) throws -> (mean: [Double], covariance: DoubleMatrix?) {
    let shared = loadings.multiplied(by: covariance)
    var seen = shared.multiplied(by: loadings.transposed())
    for index in residual.indices { seen[index, index] += 1 }
    let factor = try LinearAlgebra.choleskyFactor(seen)
    let expected = loadings.multiplied(by: centre)
    let weights = factor.solve(zip(residual, expected).map { $0 - $1 })
    let step = shared.transposedMultiplied(
      by: DoubleMatrix(rows: weights.count, columns: 1, values: weights))
    var rest = covariance
    rest.add(factor.solveLower(shared).gram(), times: -1)
    return (zip(centre, step.values).map { $0 + $1 }, rest)
  }

  /// The mean, in the space of the observed values.
  private func mean(
    _ neighbourhood: Neighbourhood, _ centre: [Double], _ few: Few, residual: [Double]
  ) throws -> [Double] {
    let (members, factors) = (neighbourhood.members, neighbourhood.factors)
    let expected = few.turned.transposedMultiplied(by: centre)
    let seen = few.seen.departures(members, from: expected, times: factors)
    var covariance = DoubleMatrix(seen.gram())
    covariance.add(few.gram, times: Neighbourhood.globalWeight)
    for index in residual.indices { covariance[index, index] += 1 }
    let weights = try LinearAlgebra.choleskyFactor(covariance).solve(
      zip(residual, expected).map { $0 - $1 })
    // S P^T times the weights: the collection's part, and the sum of the members' departures.
    let wide = few.turned.multiplied(by: weights)
    let parts = zip(seen.multiplied(by: weights), factors).map { $0 * $1 }
    let near = codes.sum(members, times: parts)
    let total = parts.reduce(0, +)
    return centre.indices.map {
      centre[$0] + Neighbourhood.globalWeight * wide[$0] + near[$0] - total * centre[$0]
    }
  }
}
