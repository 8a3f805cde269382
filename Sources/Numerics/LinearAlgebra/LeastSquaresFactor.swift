import COpenBLAS

/// The triangular factor of a linear least-squares problem with damping, without the normal equations.
///
/// Normal equations square the condition number, so in double precision they lose every direction whose singular value is
/// below 1e-8 of the largest. This factor keeps directions down to 1e-15. Rows are factored in pieces of a fixed size, and
/// the pieces' triangles together, so the result does not depend on the number of threads.
public struct LeastSquaresFactor: Sendable {
  /// Number n of unknowns.
  public let unknowns: Int
  /// `[n + 1, n + 1]` column-major and lower triangular; the last row belongs to the right-hand side.
  private let lower: [Double]

  /// Factors `[A b]` with the rows of A and b interleaved.
  ///
  /// - Parameter system: `[m, n + 1]`: each row holds n coefficients and the right-hand side; any m.
  /// - Throws: `LinearAlgebraError.notFinite`.
  public init(_ system: DoubleMatrix) throws {
    precondition(system.columns >= 2, "a least-squares problem needs unknowns")
    unknowns = system.columns - 1
    let order = system.columns
    // Pieces of several times the order waste little on the pieces' triangles.
    let piece = max(2 * order, 512)
    let pieces = max(1, system.rows / piece)
    let bounds = (0...pieces).map { system.rows * $0 / pieces }
    let triangles = Parallel.map(pieces) { index in
      let rows = bounds[index]..<bounds[index + 1]
      return Self.triangle(
        Array(system.values[rows.lowerBound * order..<rows.upperBound * order]), order: order)
    }
    lower = pieces == 1 ? triangles[0] : Self.triangle(Array(triangles.joined()), order: order)
    guard (0..<order).allSatisfy({ lower[$0 * order + $0].isFinite }) else {
      throw LinearAlgebraError.notFinite(order: order)
    }
  }

  /// The solution x that minimizes `|A x - b|^2 + sum over j of (damping_j x_j)^2`.
  ///
  /// - Parameter damping: n numbers of at least 0; where one is 0, A must determine that unknown.
  /// - Throws: `LinearAlgebraError.singular` or `.notFinite`.
  public func solve(damping: [Double]) throws -> [Double] {
    precondition(damping.count == unknowns, "\(damping.count) numbers for \(unknowns) unknowns")
    let order = unknowns + 1
    var columns = lower
    columns.reserveCapacity(2 * order * order)
    columns += [Double](repeating: 0, count: unknowns * order)
    for index in 0..<unknowns { columns[(order + index) * order + index] = damping[index] }
    let factor = Self.triangle(columns, order: order)
    if let zero = (0..<unknowns).first(where: { factor[$0 * order + $0] == 0 }) {
      throw LinearAlgebraError.singular(order: unknowns, pivot: zero)
    }
    var solution = (0..<unknowns).map { factor[$0 * order + unknowns] }
    cblas_dtrsv(
      CblasColMajor, CblasLower, CblasTrans, CblasNonUnit, blasInteger(unknowns), factor,
      blasInteger(order), &solution, 1)
    guard solution.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError.notFinite(order: unknowns)
    }
    return solution
  }

  /// The lower triangle L of `M = L Q`, `[order, order]` column-major, for M `[order, any]` column-major.
  private static func triangle(_ matrix: [Double], order: Int) -> [Double] {
    var matrix = matrix
    let columns = matrix.count / order
    let shorter = min(order, columns)
    var result = [Double](repeating: 0, count: order * order)
    guard shorter > 0 else { return result }
    matrix.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      var start = 0
      while start < shorter {
        // The library works on one thread, so of a large matrix it gets a panel of rows at a time.
        let isLarge = min(order - start, columns - start) > Self.mostAtOnce
        let height = isLarge ? Self.panel : order - start
        let scalars = factorize(
          base + start * order + start, rows: height, columns: columns - start, leading: order)
        guard isLarge else { break }
        turn(
          base + start * order + start, by: height, scalars, rows: order - start - height,
          columns: columns - start, leading: order)
        start += height
      }
    }
    for column in 0..<shorter {
      for row in column..<order { result[column * order + row] = matrix[column * order + row] }
    }
    return result
  }

  /// Rows of a panel, enough for products of matrices and few enough for the cache.
  private static let panel = 96
  /// Rows that are factored at once.
  private static let mostAtOnce = 384
  /// Rows in a tile that one thread turns.
  private static let tile = 192

  /// Replaces `[rows, columns]`, column-major, by its factors L and Q.
  ///
  /// - Returns: the scalar factors of Q.
  private static func factorize(
    _ matrix: UnsafeMutablePointer<Double>, rows: Int, columns: Int, leading: Int
  ) -> [Double] {
    var (height, width, line) = (blasInteger(rows), blasInteger(columns), blasInteger(leading))
    var scalars = [Double](repeating: 0, count: min(rows, columns))
    var work = [0.0]
    var (workSize, status) = (Int32(-1), Int32(0))
    // The first call asks for the work size, the second one works.
    for _ in 0..<2 {
      dgelqf_(&height, &width, matrix, &line, &scalars, &work, &workSize, &status)
      guard workSize < 0 else { break }
      workSize = Int32(max(1, work[0]))
      work = [Double](repeating: 0, count: Int(workSize))
    }
    return scalars
  }

  /// Multiplies the rows below a factored panel by the transpose of its Q, on several threads.
  private static func turn(
    _ panel: UnsafeMutablePointer<Double>, by height: Int, _ scalars: [Double], rows: Int,
    columns: Int, leading: Int
  ) {
    nonisolated(unsafe) let panel = panel
    Parallel.forEach((rows + tile - 1) / tile) { index in
      let first = height + index * tile
      var (count, width) = (blasInteger(min(tile, height + rows - first)), blasInteger(columns))
      var (reflectors, line) = (blasInteger(height), blasInteger(leading))
      var work = [0.0]
      var (workSize, status) = (Int32(-1), Int32(0))
      for _ in 0..<2 {
        dormlq_(
          "R", "T", &count, &width, &reflectors, panel, &line, scalars, panel + first, &line, &work,
          &workSize, &status)
        guard workSize < 0 else { break }
        workSize = Int32(max(1, work[0]))
        work = [Double](repeating: 0, count: Int(workSize))
      }
    }
  }
}
