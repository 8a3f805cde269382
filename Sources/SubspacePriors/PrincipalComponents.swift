import Numerics

/// The leading eigenvectors of a covariance, by subspace iteration.
///
/// A random block is multiplied by the matrix and made orthonormal again and again; what it then
/// spans is rotated to eigenvectors (Halko, Martinsson and Tropp, arXiv 0909.4061, algorithm 4.4,
/// then Rayleigh and Ritz). Trailing directions are approximate, which does no harm here: what the
/// components miss is counted as residual.
enum PrincipalComponents {
  /// Directions beside those asked for, and multiplications; enough for errors far below the noise.
  private static let extra = 48
  private static let iterations = 10
  /// Below this order all eigenvectors are computed directly.
  private static let direct = 512

  /// Eigenvalues, descending, and vectors as columns `[n, count]`.
  ///
  /// - Parameters:
  ///   - matrix: symmetric, positive semidefinite.
  ///   - count: how many; no more than its order are given.
  static func leading(
    _ count: Int, of matrix: DoubleMatrix, seed: UInt64
  ) throws -> (values: [Double], vectors: DoubleMatrix) {
    let order = matrix.rows
    let wanted = min(count, order)
    let block = min(order, wanted + extra)
    if order <= direct || block * 2 > order {
      let (values, vectors) = try LinearAlgebra.symmetricEigen(matrix)
      return (
        Array(values.reversed().prefix(wanted)),
        vectors.columns((0..<wanted).map { order - 1 - $0 })
      )
    }
    var random = Xoshiro256(seed: seed)
    var basis = DoubleMatrix(
      rows: order, columns: block, values: (0..<order * block).map { _ in random.normal() })
    for _ in 0..<iterations {
      basis = try orthonormal(try orthonormal(matrix.multiplied(by: basis)))
    }
    let small = basis.transposed().multiplied(by: matrix.multiplied(by: basis))
    let (values, rotation) = try LinearAlgebra.symmetricEigen(small)
    let descending = (0..<wanted).map { block - 1 - $0 }
    return (
      descending.map { values[$0] },
      basis.multiplied(by: rotation.columns(descending))
    )
  }

  /// An orthonormal basis of the columns, by the Cholesky factor of their Gram matrix.
  private static func orthonormal(_ block: DoubleMatrix) throws -> DoubleMatrix {
    let turned = block.transposed()
    var gram = turned.multiplied(by: block)
    let trace = (0..<gram.rows).reduce(0.0) { $0 + gram[$1, $1] }
    // Keeps directions without variance, of a collection with few pictures, from stopping it.
    for index in 0..<gram.rows { gram[index, index] += 1e-14 * trace + .leastNormalMagnitude }
    return try LinearAlgebra.choleskyFactor(gram).solveLower(turned).transposed()
  }
}

extension DoubleMatrix {
  /// Some columns, in the order given.
  func columns(_ chosen: [Int]) -> DoubleMatrix {
    var result = DoubleMatrix(rows: rows, columns: chosen.count)
    for row in 0..<rows {
      for (position, column) in chosen.enumerated() {
        result.values[row * chosen.count + position] = values[row * columns + column]
      }
    }
    return result
  }
}
