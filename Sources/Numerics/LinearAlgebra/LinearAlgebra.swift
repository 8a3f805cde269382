import COpenBLAS

/// An error in solving a system of linear equations.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The Cholesky factorization met a leading minor, of this order, that is not positive.
  case notPositiveDefinite(order: Int, minor: Int)
  /// Gaussian elimination met a pivot, at this index, that is exactly zero.
  case singular(order: Int, pivot: Int)
  /// The eigenvalue iteration did not converge.
  case noConvergence(order: Int)
  /// A matrix or a vector holds a value that is not finite.
  case notFinite(order: Int)

  /// One line: what failed and what to try.
  public var description: String {
    switch self {
    case .notPositiveDefinite(let order, let minor):
      "a \(order)x\(order) matrix is not positive definite (leading minor \(minor)): "
        + "add a larger value to its diagonal"
    case .singular(let order, let pivot):
      "a \(order)x\(order) matrix is singular (pivot \(pivot) is zero): "
        + "remove equations that depend on each other"
    case .noConvergence(let order):
      "the eigenvalues of a \(order)x\(order) matrix did not converge: "
        + "scale the matrix so that its largest element is near 1"
    case .notFinite(let order):
      "a \(order)x\(order) system holds a value that is not finite: "
        + "check the data for NaN and infinity"
    }
  }
}

/// Dense linear algebra in double precision, by OpenBLAS and the LAPACK inside it.
///
/// LAPACK reads matrices column by column. A symmetric matrix reads the same either way, except
/// that its lower triangle becomes LAPACK's upper one; other matrices are transposed on the way.
public enum LinearAlgebra {
  /// The Cholesky factor of a symmetric positive definite matrix; only its lower triangle is read.
  ///
  /// - Parameter matrix: `[n, n]`.
  /// - Throws: `LinearAlgebraError.notPositiveDefinite` or `.notFinite`.
  public static func choleskyFactor(_ matrix: consuming DoubleMatrix) throws -> CholeskyFactor {
    var factor = matrix
    let order = factor.rows
    precondition(
      factor.columns == order,
      "a Cholesky factor needs a square matrix, got \(order)x\(factor.columns)")
    guard order > 0 else { return CholeskyFactor(lower: factor) }
    var size = blasInteger(order)
    var leading = size
    var status: Int32 = 0
    dpotrf_("U", &size, &factor.values, &leading, &status)
    guard status == 0 else {
      throw LinearAlgebraError.notPositiveDefinite(order: order, minor: Int(status))
    }
    try requireFiniteDiagonal(factor, count: order)
    return CholeskyFactor(lower: factor)
  }

  /// OpenBLAS takes NaN for a positive pivot; wherever it was in a row, it reaches the diagonal.
  static func requireFiniteDiagonal(_ factor: DoubleMatrix, count: Int) throws {
    guard (0..<count).allSatisfy({ factor[$0, $0].isFinite }) else {
      throw LinearAlgebraError.notFinite(order: factor.rows)
    }
  }

  /// The solution `X` of `A X = B` for a general square matrix, by elimination with row exchanges.
  ///
  /// - Parameters:
  ///   - matrix: `A`, `[n, n]`.
  ///   - right: `B`, `[n, k]`.
  /// - Returns: `X`, `[n, k]`.
  /// - Throws: `LinearAlgebraError.singular` or `.notFinite`.
  public static func solveGeneral(_ matrix: DoubleMatrix, _ right: DoubleMatrix) throws
    -> DoubleMatrix
  {
    precondition(
      matrix.rows == matrix.columns && matrix.rows == right.rows,
      "cannot solve \(matrix.rows)x\(matrix.columns) for \(right.rows)x\(right.columns)")
    let order = matrix.rows
    guard order > 0, right.columns > 0 else { return right }
    var factors = matrix.transposed()
    var solution = right.transposed()
    var pivots = [Int32](repeating: 0, count: order)
    var size = blasInteger(order)
    var leading = size
    var leadingRight = size
    var count = blasInteger(right.columns)
    var status: Int32 = 0
    dgesv_(
      &size, &count, &factors.values, &leading, &pivots, &solution.values, &leadingRight, &status)
    guard status == 0 else {
      throw LinearAlgebraError.singular(order: order, pivot: Int(status) - 1)
    }
    guard solution.values.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError.notFinite(order: order)
    }
    return solution.transposed()
  }

  /// Eigenvalues, ascending, and orthonormal eigenvectors of a symmetric matrix.
  ///
  /// Only the lower triangle is read. The sign of an eigenvector is not defined.
  ///
  /// - Parameter matrix: `[n, n]`.
  /// - Returns: `n` values, and `[n, n]` vectors: column `j` belongs to value `j`.
  /// - Throws: `LinearAlgebraError.noConvergence` or `.notFinite`.
  public static func symmetricEigen(_ matrix: DoubleMatrix) throws -> (
    values: [Double], vectors: DoubleMatrix
  ) {
    precondition(
      matrix.rows == matrix.columns,
      "eigenvalues need a square matrix, got \(matrix.rows)x\(matrix.columns)")
    let order = matrix.rows
    guard order > 0 else { return ([], matrix) }
    guard matrix.values.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError.notFinite(order: order)
    }
    var vectors = matrix
    var values = [Double](repeating: 0, count: order)
    var size = blasInteger(order)
    var leading = size
    var status: Int32 = 0
    var work = [0.0]
    var integerWork: [Int32] = [0]
    var workSize: Int32 = -1
    var integerWorkSize: Int32 = -1
    // The first call asks for the work sizes, the second one works.
    for _ in 0..<2 {
      dsyevd_(
        "V", "U", &size, &vectors.values, &leading, &values, &work, &workSize, &integerWork,
        &integerWorkSize, &status)
      guard status == 0 else { throw LinearAlgebraError.noConvergence(order: order) }
      guard workSize < 0 else { break }
      workSize = Int32(work[0])
      integerWorkSize = integerWork[0]
      work = [Double](repeating: 0, count: Int(workSize))
      integerWork = [Int32](repeating: 0, count: Int(integerWorkSize))
    }
    return (values, vectors.transposed())
  }
}

/// The lower triangular `L` of `A = L L^T`, ready to solve with.
public struct CholeskyFactor: Sendable {
  /// `[n, n]`.
  ///
  /// The numbers above the diagonal are undefined and never read.
  private let lower: DoubleMatrix

  fileprivate init(lower: DoubleMatrix) { self.lower = lower }

  /// Up to this many right-hand sides are solved one by one, because the library copies the
  /// triangle for several. (Measured: three of 129 take 17 instead of 23 us, one of 512 takes 44
  /// instead of 360.)
  private static let fewColumns = 3

  /// Order `n` of the matrix.
  public var order: Int { lower.rows }

  /// The solution of `A x = b` for one right-hand side of `n` elements.
  public func solve(_ right: [Double]) -> [Double] {
    solve(DoubleMatrix(rows: right.count, columns: 1, values: right)).values
  }

  /// The solution of `A X = B` for right-hand sides in columns, `[n, k]`.
  public func solve(_ right: DoubleMatrix) -> DoubleMatrix {
    solveTriangle(solveLower(right), transposed: true)
  }

  /// The solution of `L X = B` for right-hand sides in columns, `[n, k]`.
  ///
  /// The squared length of column `j` is `b_j^T A^-1 b_j`: the reduction of a variance by the observations.
  public func solveLower(_ right: DoubleMatrix) -> DoubleMatrix {
    solveTriangle(right, transposed: false)
  }

  /// The solution of `L^T X = B` for right-hand sides in columns, the second half of `solve`.
  public func solveUpper(_ right: DoubleMatrix) -> DoubleMatrix {
    solveTriangle(right, transposed: true)
  }

  /// The product `L X`, `[n, k]`, which gives independent normal numbers X the covariance A.
  public func lowerProduct(_ right: DoubleMatrix) -> DoubleMatrix {
    precondition(
      right.rows == order, "a factor of order \(order) cannot multiply \(right.rows) rows")
    var product = right
    guard order > 0, right.columns > 0 else { return product }
    cblas_dtrmm(
      CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, blasInteger(order),
      blasInteger(right.columns), 1, lower.values, blasInteger(order), &product.values,
      blasInteger(right.columns))
    return product
  }

  /// The inverse of `A`, `[n, n]`, in a third of the time of solving for the identity.
  public func inverse() -> DoubleMatrix {
    var result = lower
    guard order > 0 else { return result }
    var size = blasInteger(order)
    var leading = size
    // The factor's diagonal is positive, so nothing can fail.
    var status: Int32 = 0
    dpotri_("U", &size, &result.values, &leading, &status)
    result.mirrorLowerTriangle()
    return result
  }

  private func solveTriangle(_ right: DoubleMatrix, transposed: Bool) -> DoubleMatrix {
    precondition(
      right.rows == order, "a factor of order \(order) cannot solve for \(right.rows) rows")
    var solution = right
    guard order > 0, right.columns > 0 else { return solution }
    if right.columns <= Self.fewColumns {
      solution.values.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return }
        for column in 0..<right.columns {
          cblas_dtrsv(
            CblasRowMajor, CblasLower, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit,
            blasInteger(order), lower.values, blasInteger(order), base + column,
            blasInteger(right.columns))
        }
      }
      return solution
    }
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasLower, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit,
      blasInteger(order), blasInteger(right.columns), 1, lower.values, blasInteger(order),
      &solution.values, blasInteger(right.columns))
    return solution
  }
}
