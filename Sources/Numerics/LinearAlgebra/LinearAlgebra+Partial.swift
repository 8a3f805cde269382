import COpenBLAS

extension LinearAlgebra {
  /// Eliminates the first unknowns of a symmetric system: one step of a block Cholesky.
  ///
  /// With `A = [[A11, A21^T], [A21, A22]]` and `A11` of order `count`, the lower triangle becomes
  /// `[[L11, -], [L21, S]]` where `L11 L11^T = A11`, `L21 = A21 L11^-T` and
  /// `S = A22 - L21 L21^T` is the Schur complement that the other unknowns are left with. Only the
  /// lower triangle is read and written.
  ///
  /// - Parameters:
  ///   - count: the number of unknowns to eliminate, 0...n.
  ///   - matrix: `[n, n]`.
  /// - Throws: `LinearAlgebraError.notPositiveDefinite` when `A11` is not, `.notFinite` when it
  ///   holds NaN; `matrix` is then undefined.
  public static func eliminateLeading(_ count: Int, of matrix: inout DoubleMatrix) throws {
    precondition(
      matrix.rows == matrix.columns && count >= 0 && count <= matrix.rows,
      "cannot eliminate \(count) unknowns of a \(matrix.rows)x\(matrix.columns) matrix")
    guard count > 0 else { return }
    let order = matrix.rows
    let rest = order - count
    let leading = blasInteger(order)
    let status = matrix.values.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return 0 }
      var size = blasInteger(count)
      var stride = leading
      var status: Int32 = 0
      dpotrf_("U", &size, base, &stride, &status)
      guard status == 0, rest > 0 else { return status }
      let lowerLeft = base + count * order
      cblas_dtrsm(
        CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, blasInteger(rest), size, 1,
        base, leading, lowerLeft, leading)
      cblas_dsyrk(
        CblasRowMajor, CblasLower, CblasNoTrans, blasInteger(rest), size, -1, lowerLeft, leading, 1,
        lowerLeft + count, leading)
      return status
    }
    guard status == 0 else {
      throw LinearAlgebraError.notPositiveDefinite(order: order, minor: Int(status))
    }
    try requireFiniteDiagonal(matrix, count: count)
  }
}

/// Sums `X^T X` over rows that arrive in batches, so that all rows need not be in memory together.
///
/// The sum is in float32, half the memory and twice the speed of double: `order` 12,288 takes
/// 604 MB. The split into tiles depends on the order alone, so the result does not depend on the
/// number of threads.
public struct GramAccumulator: Sendable {
  /// Number of columns of `X`.
  public let order: Int
  /// Columns in a tile: large enough for the matrix product's full speed, small enough that the
  /// tiles of order 3,072 keep several threads busy.
  private static let tile = 512
  private var sums: [Float]
  /// The members that share the tiles; they add the same batches.
  private let group = WorkGroup.current

  /// An empty sum for rows of `order` columns.
  public init(order: Int) {
    precondition(order >= 1, "a Gram matrix needs a positive order, got \(order)")
    self.order = order
    sums = [Float](repeating: 0, count: order * order)
  }

  /// Adds the rows of a batch, row-major `[rows, order]`.
  public mutating func add(_ batch: [Float]) {
    precondition(
      batch.count % order == 0, "\(batch.count) values are not whole rows of \(order)")
    let rows = batch.count / order
    guard rows > 0 else { return }
    let (order, pairs) = (order, Array(pairs[group.share(of: pairs.count)]))
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      // Safe to share: every pair of tiles is a region of its own.
      nonisolated(unsafe) let target = base
      batch.withUnsafeBufferPointer { batch in
        guard let batchBase = batch.baseAddress else { return }
        nonisolated(unsafe) let source = batchBase
        Parallel.forEach(pairs.count) { index in
          let (row, column) = (pairs[index].0 * Self.tile, pairs[index].1 * Self.tile)
          cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans,
            blasInteger(min(Self.tile, order - row)), blasInteger(min(Self.tile, order - column)),
            blasInteger(rows), 1, source + row, blasInteger(order), source + column,
            blasInteger(order), 1, target + row * order + column, blasInteger(order))
        }
      }
    }
  }

  /// The rows and columns of tiles on and below the diagonal.
  private var pairs: [(row: Int, column: Int)] {
    let tiles = (order + Self.tile - 1) / Self.tile
    return (0..<tiles).flatMap { first in (0...first).map { (first, $0) } }
  }

  /// Takes the other members' tiles from them.
  private mutating func exchange() {
    let pairs = pairs
    let regions = { (pair: (row: Int, column: Int), order: Int) in
      (
        rows: pair.row * Self.tile..<min(order, (pair.row + 1) * Self.tile),
        columns: pair.column * Self.tile..<min(order, (pair.column + 1) * Self.tile)
      )
    }
    let own = pairs[group.share(of: pairs.count)].flatMap { pair -> [Float] in
      let (rows, columns) = regions(pair, order)
      return rows.flatMap { row in columns.map { sums[row * order + $0] } }
    }
    for (rank, message) in group.gather(own.message).enumerated() where rank != group.rank {
      var values = ([Float](message: message) ?? [])[...]
      for pair in pairs[group.share(of: pairs.count, rank: rank)] {
        let (rows, columns) = regions(pair, order)
        for row in rows {
          for column in columns { sums[row * order + column] = values.popFirst() ?? .nan }
        }
      }
    }
  }

  /// The sum so far times `scale`, as a full symmetric matrix, row-major `[order, order]`.
  public consuming func finish(scale: Float) -> [Float] {
    if !group.isAlone { exchange() }
    for row in 0..<order {
      for column in 0...row {
        let value = sums[row * order + column] * scale
        sums[row * order + column] = value
        sums[column * order + row] = value
      }
    }
    return sums
  }
}
