import Numerics
import SubspacePriors
import TestSupport
import Testing

@Suite("Neighbourhoods of codes") struct NeighbourhoodTests {
  @Test(
    "The posterior of a code equals the formula, for few values and for many",
    arguments: [1, 6, 15, 30, 31, 40], [(true, true), (true, false), (false, true), (false, false)])
  func conditioned(points: Int, asked: (hasMirror: Bool, withCovariance: Bool)) throws {
    let (hasMirror, withCovariance) = asked
    let order = 60
    let loadings = [1, 2].map { DoubleMatrix.normal(points, order, seed: $0) }
    let residuals = [3, 4].map { DoubleMatrix.normal(points, 1, seed: $0) }
    var precision = DoubleMatrix(rows: order, columns: order)
    var projection = [Double](repeating: 0, count: order)
    for (loadings, residual) in pairs(loadings, residuals) {
      let (gram, share) = (loadings.gram(), loadings.transposedMultiplied(by: residual))
      for index in precision.values.indices { precision.values[index] += gram.values[index] }
      for index in 0..<order { projection[index] += share.values[index] }
    }
    let codes = SingleMatrix(DoubleMatrix.normal(25, order, seed: 5))
    let signs = (0..<order).map { hasMirror && $0 % 3 == 0 ? -1.0 : 1 }
    // Some codes as they are, some mirrored, one both.
    let members =
      (0..<25).map { TrainingCodes.Member(index: $0, isMirrored: hasMirror && $0 % 4 == 1) }
      + [TrainingCodes.Member(index: 2, isMirrored: hasMirror)]
    let weights = (1...26).map { Double($0) / 351 }
    let find = { (forMeans: Bool) in
      try NeighbourhoodConditioning(
        codes: TrainingCodes(values: codes, signs: signs), loadings: loadings, precision: precision,
        forMeans: forMeans
      ).posterior(
        Neighbourhood(members: members, weights: weights), projection: projection,
        residual: residuals.flatMap(\.values), withCovariance: withCovariance)
    }

    // Mean and covariance of the members, then V = (S^-1 + G)^-1, m + V (P^T r - G m), by elimination.
    let own = members.map { member -> [Double] in
      let start = member.index * order
      return (0..<order).map { index -> Double in
        let value = Double(codes.values[start + index])
        return member.isMirrored ? signs[index] * value : value
      }
    }
    let mean = (0..<order).map { index -> Double in
      pairs(own, weights).reduce(0.0) { $0 + $1.0[index] * $1.1 }
    }
    var prior = DoubleMatrix(rows: order, columns: order)
    for (code, weight) in pairs(own, weights) {
      let away = pairs(code, mean).map { $0 - $1 }
      for row in 0..<order {
        for column in 0..<order { prior[row, column] += 0.8 * weight * away[row] * away[column] }
      }
    }
    for index in 0..<order { prior[index, index] += 0.2 }
    var total = try LinearAlgebra.solveGeneral(prior, .identity(order))
    for index in total.values.indices { total.values[index] += precision.values[index] }
    let covariance = try LinearAlgebra.solveGeneral(total, .identity(order))
    let explained = precision.multiplied(by: mean)
    let step = covariance.multiplied(by: pairs(projection, explained).map { $0 - $1 })
    let expected = pairs(mean, step).map { $0 + $1 }
    for forMeans in [true, false] {
      let found = try find(forMeans)
      expectClose(actual: found.mean, expected: expected, absolute: 1e-4)
      #expect((found.covariance == nil) == !withCovariance)
      if let own = found.covariance {
        expectClose(actual: own.values, expected: covariance.values, absolute: 1e-4)
      }
    }
  }
}
