import Numerics

/// The leading eigenvectors of a covariance, by subspace iteration.
///
/// A random block is repeatedly multiplied by the matrix and made orthonormal (Halko, Martinsson and Tropp,
/// arXiv 0909.4061, algorithm 4.4); the Rayleigh-Ritz method then finds eigenvectors in its span. Trailing
/// directions are approximate, which is harmless: the residual variance accounts for the rest.
enum PrincipalComponents {
  /// Additional directions, and iterations: enough for errors far below the noise.
  private static let extra = 48
  private static let iterations = 10
  /// Below this order all eigenvectors are computed directly.
  private static let direct = 512

  /// Eigenvalues, descending, and vectors as columns `[n, count]`.
  ///
  /// - Parameters:
  ///   - matrix: symmetric, positive semidefinite.
  ///   - count: number of components, at most the matrix's order.
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
    // A collection of few pictures has directions without variance; this keeps the factorization regular.
    for index in 0..<gram.rows { gram[index, index] += 1e-14 * trace + .leastNormalMagnitude }
    return try LinearAlgebra.choleskyFactor(gram).solveLower(turned).transposed()
  }
}
