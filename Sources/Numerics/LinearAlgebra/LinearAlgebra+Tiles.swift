import COpenBLAS

extension DoubleMatrix {
  /// Columns in a tile of ``tiledGram(columns:)``, and order of the blocks of ``LinearAlgebra/factorizeInTiles(_:)``.
  fileprivate static let tile = 192
  /// Rows in a piece of ``tiledGram(columns:)``, whose products are added in order.
  private static let rowPiece = 4_096

  /// The symmetric product `M^T M` of the first columns on several threads, `[columns, columns]`.
  ///
  /// Only the lower triangle is computed; above the diagonal are zeros and parts of diagonal tiles. The division into
  /// tiles depends on the shape alone, so the result does not depend on the number of threads.
  package func tiledGram(columns count: Int) -> DoubleMatrix {
    let (height, width) = (rows, columns)
    return symmetricProduct(order: count, columns: count) { row, column, from, to in
      for start in stride(from: 0, to: height, by: Self.rowPiece) {
        cblas_dgemm(
          CblasRowMajor, CblasTrans, CblasNoTrans, blasInteger(min(Self.tile, count - row)),
          blasInteger(min(Self.tile, count - column)),
          blasInteger(min(Self.rowPiece, height - start)), 1, from + start * width + row,
          blasInteger(width), from + start * width + column, blasInteger(width),
          start == 0 ? 0 : 1, to, blasInteger(count))
      }
    }
  }

  /// The symmetric product `M M^T` over the first columns on several threads, as ``tiledGram(columns:)``.
  package func tiledRowGram(columns count: Int) -> DoubleMatrix {
    let (order, width) = (rows, columns)
    return symmetricProduct(order: order, columns: count) { row, column, from, to in
      cblas_dgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasInteger(min(Self.tile, order - row)),
        blasInteger(min(Self.tile, order - column)), blasInteger(count), 1, from + row * width,
        blasInteger(width), from + column * width, blasInteger(width), 0, to, blasInteger(order))
    }
  }

  /// A symmetric matrix whose tiles on and below the diagonal are computed on several threads.
  ///
  /// - Parameters:
  ///   - order: the order of the result.
  ///   - count: the columns of this matrix that are used.
  ///   - tile: computes the tile at a row and column from the values of this matrix, in place.
  private func symmetricProduct(
    order: Int, columns count: Int,
    _ tile: (Int, Int, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) -> DoubleMatrix {
    precondition(count >= 0 && count <= columns, "\(count) of \(columns) columns")
    var result = DoubleMatrix(rows: order, columns: order)
    guard rows > 0, count > 0 else { return result }
    let pairs = tilePairs(order)
    result.values.withUnsafeMutableBufferPointer { target in
      values.withUnsafeBufferPointer { source in
        guard let targetBase = target.baseAddress, let sourceBase = source.baseAddress else {
          return
        }
        // Safe to share: every pair of tiles is a region of its own.
        nonisolated(unsafe) let to = targetBase
        nonisolated(unsafe) let from = sourceBase
        nonisolated(unsafe) let tile = tile
        Parallel.forEach(pairs.count) { index in
          let (row, column) = pairs[index]
          tile(row, column, from, to + row * order + column)
        }
      }
    }
    return result
  }
}

/// The corners of the tiles on and below the diagonal of a matrix of an order.
private func tilePairs(_ order: Int) -> [(row: Int, column: Int)] {
  stride(from: 0, to: order, by: DoubleMatrix.tile).flatMap { row in
    stride(from: 0, through: row, by: DoubleMatrix.tile).map { (row, $0) }
  }
}

extension LinearAlgebra {
  /// Replaces the lower triangle of a positive definite matrix by its Cholesky factor, on several threads.
  ///
  /// - Parameter matrix: `[n, n]`; only the lower triangle is read and written.
  /// - Throws: `LinearAlgebraError.notPositiveDefinite` or `.notFinite`; `matrix` is then undefined.
  package static func factorizeInTiles(_ matrix: inout DoubleMatrix) throws {
    let order = matrix.rows
    precondition(matrix.columns == order, "a Cholesky factor needs a square matrix")
    let tile = DoubleMatrix.tile
    let line = blasInteger(order)
    let failed = matrix.values.withUnsafeMutableBufferPointer { buffer -> Int? in
      guard let base = buffer.baseAddress else { return nil }
      nonisolated(unsafe) let values = base
      for start in stride(from: 0, to: order, by: tile) {
        let size = min(tile, order - start)
        let corner = values + start * order + start
        var (count, leading, status) = (blasInteger(size), line, Int32(0))
        dpotrf_("U", &count, corner, &leading, &status)
        if status != 0 { return start + Int(status) }
        let rows = Array(stride(from: start + size, to: order, by: tile))
        nonisolated(unsafe) let diagonal = corner
        Parallel.forEach(rows.count) { index in
          cblas_dtrsm(
            CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit,
            blasInteger(min(tile, order - rows[index])), blasInteger(size), 1, diagonal, line,
            values + rows[index] * order + start, line)
        }
        let pairs = rows.flatMap { row in rows.filter { $0 <= row }.map { (row, $0) } }
        Parallel.forEach(pairs.count) { index in
          let (row, column) = pairs[index]
          cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasInteger(min(tile, order - row)),
            blasInteger(min(tile, order - column)), blasInteger(size), -1,
            values + row * order + start, line, values + column * order + start, line, 1,
            values + row * order + column, line)
        }
      }
      return nil
    }
    if let failed { throw LinearAlgebraError.notPositiveDefinite(order: order, minor: failed) }
    try requireFiniteDiagonal(matrix, count: order)
  }

  /// The solution of `L L^T x = b` for a factor of ``factorizeInTiles(_:)``.
  package static func solve(factor: DoubleMatrix, _ right: [Double]) -> [Double] {
    precondition(right.count == factor.rows, "\(right.count) numbers for order \(factor.rows)")
    var solution = right
    guard !right.isEmpty else { return solution }
    let order = blasInteger(factor.rows)
    for side in [CblasNoTrans, CblasTrans] {
      cblas_dtrsv(
        CblasRowMajor, CblasLower, side, CblasNonUnit, order, factor.values, order, &solution, 1)
    }
    return solution
  }

  /// The product `M^T v` or `M v` of the first columns of a matrix with a vector.
  package static func product(
    _ matrix: DoubleMatrix, columns: Int, transposed: Bool, _ vector: [Double]
  ) -> [Double] {
    precondition(vector.count == (transposed ? matrix.rows : columns), "a vector does not fit")
    var result = [Double](repeating: 0, count: transposed ? columns : matrix.rows)
    guard matrix.rows > 0, columns > 0 else { return result }
    cblas_dgemv(
      CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, blasInteger(matrix.rows),
      blasInteger(columns), 1, matrix.values, blasInteger(matrix.columns), vector, 1, 0, &result, 1)
    return result
  }

  /// `c = a b^T` or `c = a b` for row-major matrices without gaps, for code that keeps its own memory.
  ///
  /// - Parameters:
  ///   - a: `[rows, shared]`.
  ///   - b: `[columns, shared]` with `transposed`, otherwise `[shared, columns]`.
  ///   - c: `[rows, columns]`.
  package static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    rows: Int, columns: Int, shared: Int, transposed: Bool, scale: Double = 1
  ) {
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, blasInteger(rows),
      blasInteger(columns), blasInteger(shared), scale, a, blasInteger(shared), b,
      blasInteger(transposed ? shared : columns), 0, c, blasInteger(columns))
  }

  /// The solution of a band system in complex numbers, by elimination with row exchanges.
  ///
  /// - Parameters:
  ///   - order: number n of unknowns.
  ///   - bandwidth: number of diagonals below the main one, and as many above.
  ///   - bands: LAPACK's form, `[n, 3 bandwidth + 1]` complex numbers as pairs: element (i, j) is number
  ///     `2 bandwidth + i - j` of row j.
  ///   - right: n pairs.
  /// - Throws: `LinearAlgebraError.singular` or `.notFinite`.
  package static func solveComplexBands(
    order: Int, bandwidth: Int, _ bands: inout [Double], _ right: [Double]
  ) throws -> [Double] {
    precondition(
      bands.count == 2 * order * (3 * bandwidth + 1) && right.count == 2 * order,
      "bands of \(bands.count) and \(right.count) numbers for order \(order)")
    var solution = right
    var (size, band, one) = (blasInteger(order), blasInteger(bandwidth), Int32(1))
    var leading = blasInteger(3 * bandwidth + 1)
    var leadingRight = size
    var pivots = [Int32](repeating: 0, count: order)
    var status: Int32 = 0
    zgbsv_(
      &size, &band, &band, &one, &bands, &leading, &pivots, &solution, &leadingRight, &status)
    guard status == 0 else {
      throw LinearAlgebraError.singular(order: order, pivot: Int(status) - 1)
    }
    guard solution.allSatisfy(\.isFinite) else { throw LinearAlgebraError.notFinite(order: order) }
    return solution
  }
}
