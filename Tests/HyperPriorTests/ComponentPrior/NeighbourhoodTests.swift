import DifferentiableCore
import HyperPrior
import RandomNumbers
import Testing

@Suite("Neighbourhoods of codes") struct NeighbourhoodTests {
  private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> DoubleMatrix {
    var generator = Xoshiro256(seed: seed)
    return DoubleMatrix(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { _ in Double(generator.normal()) })
  }

  @Test(
    "Of few values and of many a code is what the formula says", arguments: [1, 6, 15, 16, 40])
  func conditioned(points: Int) throws {
    let order = 60
    let loadings = [1, 2].map { Self.random(points, order, seed: $0) }
    let residuals = [3, 4].map { Self.random(points, 1, seed: $0) }
    var precision = DoubleMatrix(rows: order, columns: order)
    var projection = [Double](repeating: 0, count: order)
    for (loadings, residual) in zip(loadings, residuals) {
      let (gram, share) = (loadings.gram(), loadings.transposedMultiplied(by: residual))
      for index in precision.values.indices { precision.values[index] += gram.values[index] }
      for index in 0..<order { projection[index] += share.values[index] }
    }
    let departures = SingleMatrix(Self.random(25, order, seed: 5))
    let neighbourhood = Neighbourhood(
      mean: Self.random(1, order, seed: 6).values, departures: departures, globalShare: 0.2)
    let found = try NeighbourhoodConditioning(loadings: loadings, precision: precision)
      .posterior(
        neighbourhood, projection: projection, residual: residuals.flatMap(\.values),
        withCovariance: true)

    // V = (S^-1 + G)^-1, m + V (P^T r - G m), by elimination.
    let wide = DoubleMatrix(departures)
    var prior = wide.gram()
    for index in 0..<order { prior[index, index] += 0.2 }
    var total = try LinearAlgebra.solveGeneral(prior, .identity(order))
    for index in total.values.indices { total.values[index] += precision.values[index] }
    let covariance = try LinearAlgebra.solveGeneral(total, .identity(order))
    let explained = precision.multiplied(by: neighbourhood.mean)
    let step = covariance.multiplied(by: zip(projection, explained).map { $0 - $1 })
    let expected = zip(neighbourhood.mean, step).map { $0 + $1 }
    #expect(zip(found.mean, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    let own = try #require(found.covariance)
    #expect(zip(own.values, covariance.values).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}
