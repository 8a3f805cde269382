extension MatrixKernel {
  /// Columns of a symmetric product that are computed together: a panel of the kernels, and 5/8 of the work of a
  /// general product of 128 columns.
  private static let gramPanel = 32

  /// The lower triangle of `x^T x`, `[columns, columns]`, on the calling thread; what is above it is not defined.
  ///
  /// - Parameter x: `[rows, columns]`; no extent is 0.
  static func lowerGram(
    _ x: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    let whole = MatrixKernel(
      rows: columns, columns: columns, shared: rows, transposeLeft: true, transposeRight: false)
    for first in stride(from: 0, to: columns, by: gramPanel) {
      whole.product(
        x + first, x + first, output + first * (columns + 1), rows: columns - first,
        columns: min(gramPanel, columns - first), shared: rows)
    }
  }

  /// The lower triangle of `x x^T`, `[rows, rows]`, likewise.
  static func lowerRowGram(
    _ x: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    let whole = MatrixKernel(
      rows: rows, columns: rows, shared: columns, transposeLeft: false, transposeRight: true)
    for first in stride(from: 0, to: rows, by: gramPanel) {
      whole.product(
        x + first * columns, x + first * columns, output + first * (rows + 1), rows: rows - first,
        columns: min(gramPanel, rows - first), shared: columns)
    }
  }
}
