import Numerics

/// A Gaussian of codes, from the nearest ones.
///
/// Its mean is theirs, weighted; of its covariance a share is the collection's, the identity.
package struct Neighbourhood: Sendable {
  /// The nearest codes.
  let members: [TrainingCodes.Member]
  /// Their weights, which sum to 1.
  let weights: [Double]

  /// How much of a neighbourhood's covariance is replaced by the collection's, 0...1: a
  /// neighbourhood of some hundred codes says nothing about most directions (0.1 and 0.3 measured
  /// alike).
  package static let globalWeight = 0.2

  package init(members: [TrainingCodes.Member], weights: [Double]) {
    self.members = members
    self.weights = weights
  }

  /// What departures of codes are multiplied by, so that their products are the covariance.
  fileprivate var factors: [Double] {
    weights.map { ((1 - Self.globalWeight) * $0).squareRoot() }
  }
}

/// Conditions neighbourhoods on the observations of a set of points.
///
/// Of few observed values in their space, `m + S P^T K^-1 (r - P m)` with `K = P S P^T + I`. For that neither the
/// covariance S of a neighbourhood is made nor its codes are looked at but as the points see them, unless the
/// posterior's covariance is wanted too, `S - S P^T K^-1 P S`. Of many values in the space of codes,
/// `(S^-1 + P^T P)^-1`.
package struct NeighbourhoodConditioning: Sendable {
  let codes: TrainingCodes
  private let precision: DoubleMatrix
  /// P, `[c n, J]`.
  private let loadings: DoubleMatrix
  /// What means without a covariance are made from; nil if there are many values, or none are asked for.
  let few: Few?

  struct Few: Sendable {
    /// P^T.
    let turned: SingleMatrix
    /// P P^T.
    let gram: DoubleMatrix
    let seen: SeenCodes
  }

  /// - Parameters:
  ///   - codes: what neighbourhoods consist of.
  ///   - loadings: P along each channel axis, `[n, J]`.
  ///   - precision: `P^T P`, summed over the axes.
  ///   - forMeans: whether means will be asked for without a covariance, for which codes are prepared.
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
    let centre = codes.sum(neighbourhood.members, times: neighbourhood.weights)
    if let few, !withCovariance {
      return (try mean(neighbourhood, centre, few, residual: residual), nil)
    }
    let departures = codes.departures(
      neighbourhood.members, from: centre, times: neighbourhood.factors)
    var covariance = DoubleMatrix(departures.gram())
    for index in centre.indices { covariance[index, index] += Neighbourhood.globalWeight }
    // Above half the order the products cost more than the inverses that they spare.
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

  /// Mean and covariance, in the space of the observed values; in double precision, since what the values say
  /// is taken off a covariance that is much larger.
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
