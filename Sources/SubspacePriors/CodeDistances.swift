import Numerics

/// How well each training code explains what was observed at a set of points.
///
/// A code's distance is the observations' squared Mahalanobis distance from it, in the metric of the collection's
/// predictive covariance: with `L L^T = P P^T + I` it is `|L^-1 (r - P code)|^2`, or up to a constant, with
/// `A = I + P^T P`, `code^T (I - A^-1) code - 2 code^T A^-1 P^T r`. Of few observed values the first costs less, of
/// many the second. Most of either depends on where the points lie and not on what was observed there, so
/// pictures that share their points share this work.
package struct CodeDistances: Sendable {
  /// What is compared with the target: rows of `L^-1 P code`, or the codes; the part of the components that a
  /// mirror leaves alone, and the part of those that it turns.
  private let even: SingleMatrix
  private let odd: SingleMatrix
  /// Of each code: its length's square, but for the products of even and odd parts.
  private let within: [Double]
  /// Those products, twice; the mirrored code has their opposite.
  private let between: [Double]
  private let space: Space
  private let hasMirror: Bool

  private enum Space {
    /// The observed values', with L.
    case values(CholeskyFactor)
    /// The codes', with the places of the even and of the odd components.
    case codes([[Int]])
  }

  private static let block = 256

  /// - Parameters:
  ///   - conditioning: of the codes, for the points that were observed.
  ///   - wide: `A^-1`; see ``CodePosterior/collectionCovariance(_:)``.
  ///   - hasMirror: whether mirrored codes have distances too.
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  package init(
    _ conditioning: NeighbourhoodConditioning, _ wide: DoubleMatrix, hasMirror: Bool
  ) throws {
    self.hasMirror = hasMirror
    let codes = conditioning.codes
    // Above half the order two products with L^-1 cost more than three with the halves of A^-1.
    if let few = conditioning.few, 2 * few.gram.rows <= codes.values.columns {
      var covariance = few.gram
      for index in 0..<covariance.rows { covariance[index, index] += 1 }
      let factor = try LinearAlgebra.choleskyFactor(covariance)
      let turned = SingleMatrix(factor.solveLower(.identity(covariance.rows)).transposed())
      let parts = Self.blocks(codes.values.rows) { rows in
        let sides = [0, 1].map { side in
          let own = few.seen.sides[side].rows(rows)
          return side == 0 || few.seen.isTurned ? own.multiplied(by: turned) : own
        }
        return Block(sides, times: sides, crossed: sides[0])
      }
      even = SingleMatrix(stacking: parts.map { $0.sides[0] }, columns: few.gram.rows)
      odd = SingleMatrix(stacking: parts.map { $0.sides[1] }, columns: few.gram.rows)
      (within, between) = (parts.flatMap(\.within), parts.flatMap(\.between))
      space = .values(factor)
      return
    }
    var metric = DoubleMatrix.identity(codes.values.columns)
    metric.add(wide, times: -1)
    // Distances order and weigh codes; seven digits are more than enough for that.
    let single = SingleMatrix(metric)
    let groups = codes.sides
    let metrics = [(0, 0), (1, 1), (0, 1)].map { single.rows(groups[$0.0]).columns(groups[$0.1]) }
    let parts = Self.blocks(codes.values.rows) { rows in
      let sides = codes.parts.map { $0.rows(rows) }
      return Block(
        sides, times: [0, 1].map { sides[$0].multiplied(by: metrics[$0]) },
        crossed: sides[0].multiplied(by: metrics[2]))
    }
    (even, odd) = (codes.parts[0], codes.parts[1])
    (within, between) = (parts.flatMap(\.within), parts.flatMap(\.between))
    space = .codes(groups)
  }

  /// What a block of codes gives.
  private struct Block: Sendable {
    let sides: [SingleMatrix]
    let within: [Double]
    let between: [Double]

    /// - Parameters:
    ///   - sides: the even and the odd parts.
    ///   - others: what each is paired with, row by row.
    ///   - crossed: what the odd parts are paired with, for the products of both.
    init(_ sides: [SingleMatrix], times others: [SingleMatrix], crossed: SingleMatrix) {
      self.sides = sides
      within = zip(
        others[0].rowProducts(with: sides[0]), others[1].rowProducts(with: sides[1])
      ).map { $0 + $1 }
      between = crossed.rowProducts(with: sides[1]).map { 2 * $0 }
    }
  }

  private static func blocks(
    _ count: Int, _ part: @Sendable (Range<Int>) -> Block
  ) -> [Block] {
    Parallel.map((count + block - 1) / block) { number in
      part(number * block..<min(count, (number + 1) * block))
    }
  }

  /// The distances of the codes and then, if there is a mirror, of the mirrored codes, but for a constant.
  ///
  /// - Parameters:
  ///   - residual: r, the axes one after the other.
  ///   - collectionMean: `A^-1 P^T r`.
  package func distances(residual: [Double], collectionMean: [Double]) -> [Double] {
    let targets: [[Double]]
    switch space {
    case .values(let factor):
      let target = factor.solveLower(
        DoubleMatrix(rows: residual.count, columns: 1, values: residual)
      ).values
      targets = [target, target]
    case .codes(let sides):
      targets = sides.map { side in side.map { collectionMean[$0] } }
    }
    let (plain, turned) = (even.multiplied(by: targets[0]), odd.multiplied(by: targets[1]))
    let signs = hasMirror ? [1.0, -1.0] : [1.0]
    return signs.flatMap { sign in
      within.indices.map {
        within[$0] - 2 * plain[$0] + sign * (between[$0] - 2 * turned[$0])
      }
    }
  }
}
