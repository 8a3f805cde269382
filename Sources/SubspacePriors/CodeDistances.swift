import Numerics

/// How well each training code explains the values observed at a set of points.
///
/// A code's distance is the squared Mahalanobis distance of the observations from it, in the metric of the
/// collection's predictive covariance: with `L L^T = P P^T + I` it is `|L^-1 (r - P code)|^2`, or up to a
/// constant, with `A = I + P^T P`, `code^T (I - A^-1) code - 2 code^T A^-1 P^T r`. The first form costs less
/// for few observed values, the second for many. Most of the work depends on the points alone and not on the
/// values observed there, so pictures that share their points share it.
package struct CodeDistances: Sendable {
  /// The rows that are compared with the target, `L^-1 P code` or the codes: the part from components that
  /// are even under a mirror, and the part from odd ones.
  private let even: SingleMatrix
  private let odd: SingleMatrix
  /// The squared length of each row, without the products of its even and odd parts.
  private let within: [Double]
  /// Twice those products; a mirrored code has them with the opposite sign.
  private let between: [Double]
  private let space: Space
  private let hasMirror: Bool

  private enum Space {
    /// The space of the observed values, with L.
    case values(CholeskyFactor)
    /// The space of codes, with the indices of the even and of the odd components.
    case codes([[Int]])
  }

  private static let block = 256

  /// - Parameters:
  ///   - conditioning: holds the codes, prepared for the observed points.
  ///   - wide: `A^-1`; see ``CodePosterior/collectionCovariance(_:)``.
  ///   - hasMirror: whether to compute the distances of mirrored codes too.
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
    // Distances only order and weight codes: single precision is enough.
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

  /// The sums of a block of codes.
  private struct Block: Sendable {
    let sides: [SingleMatrix]
    let within: [Double]
    let between: [Double]

    /// - Parameters:
    ///   - sides: the even and the odd parts.
    ///   - others: the matrix that each is multiplied with, row by row.
    ///   - crossed: the matrix that the odd part is multiplied with, for the products of both parts.
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

  /// The distances of the codes and then, if there is a mirror, of the mirrored codes, up to a constant.
  ///
  /// - Parameters:
  ///   - residual: r, one axis after the other.
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
