import Numerics
import SubspacePriors
import TestSupport
import Testing

@Suite("Distances of codes from observations") struct CodeDistancesTests {
  /// A turned code is a code whose numbers have these signs; 700 codes are more than one block.
  @Test(
    "A distance equals Mahalanobis's up to a constant, for few values and for many",
    arguments: [1, 14, 15, 16, 31, 40], [true, false])
  func distances(points: Int, hasMirror: Bool) throws {
    let (order, count) = (60, 700)
    let loadings = [1, 2].map { DoubleMatrix.normal(points, order, seed: $0) }
    let residual = DoubleMatrix.normal(2 * points, 1, seed: 3).values
    let codes = SingleMatrix(DoubleMatrix.normal(count, order, seed: 4))
    let signs = (0..<order).map { hasMirror && $0 % 3 == 0 ? -1.0 : 1 }
    let stacked = DoubleMatrix(
      rows: 2 * points, columns: order, values: loadings.flatMap(\.values))

    let precision = stacked.gram()
    var shifted = precision
    for index in 0..<order { shifted[index, index] += 1 }
    let wide = try LinearAlgebra.solveGeneral(shifted, .identity(order))
    let projection = stacked.transposedMultiplied(
      by: DoubleMatrix(rows: 2 * points, columns: 1, values: residual)
    ).values
    for forMeans in [true, false] {
      let conditioning = NeighbourhoodConditioning(
        codes: TrainingCodes(values: codes, signs: signs), loadings: loadings,
        precision: precision, forMeans: forMeans)
      let found = try CodeDistances(conditioning, wide, hasMirror: hasMirror).distances(
        residual: residual, collectionMean: wide.multiplied(by: projection))

      var predicted = stacked.rowGram()
      for index in 0..<2 * points { predicted[index, index] += 1 }
      let metric = try LinearAlgebra.solveGeneral(predicted, .identity(2 * points))
      let expected = (0..<(hasMirror ? 2 : 1) * count).map { place -> Double in
        let start = place % count * order
        let code = (0..<order).map {
          Double(codes.values[start + $0]) * (place >= count ? signs[$0] : 1)
        }
        let away = pairs(residual, stacked.multiplied(by: code)).map { $0 - $1 }
        return pairs(away, metric.multiplied(by: away)).reduce(0) { $0 + $1.0 * $1.1 }
      }
      try #require(found.count == expected.count)
      let constant = found[0] - expected[0]
      expectClose(actual: found.map { $0 - constant }, expected: expected, absolute: 1e-3)
    }
  }
}
