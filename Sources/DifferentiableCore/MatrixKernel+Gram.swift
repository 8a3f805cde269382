extension MatrixKernel {
  /// The number of columns of a symmetric product that are computed together.
  ///
  /// It is one panel of the kernels, and takes 5/8 of the work of a general product of 128 columns.
  private static let gramPanel = 32

  /// The lower triangle of `x^T x`, or of `x x^T` if `ofRows`, computed on the calling thread.
  ///
  /// The upper triangle is undefined.
  ///
  /// - Parameter x: `[rows, columns]`; no extent is 0.
  static func lowerGram(
    _ x: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
    ofRows: Bool = false
  ) {
    let (order, shared) = ofRows ? (rows, columns) : (columns, rows)
    let whole = MatrixKernel(
      rows: order, columns: order, shared: shared, transposeLeft: !ofRows, transposeRight: ofRows)
    for first in stride(from: 0, to: order, by: gramPanel) {
      let own = x + first * (ofRows ? columns : 1)
      whole.product(
        own, own, output + first * (order + 1), rows: order - first,
        columns: min(gramPanel, order - first), shared: shared)
    }
  }
}
