import COpenBLAS

extension Tensor {
  /// The matrix product over the last two axes.
  ///
  /// - Parameters:
  ///   - other: with equal leading axes, or of rank 2 to be shared by all of them (one set of
  ///     weights); if this tensor is of rank 2 it is shared likewise (weights of many sets, one
  ///     input).
  ///   - transposingLeft: whether this tensor's last two axes are read exchanged.
  ///   - transposingRight: whether the other's are.
  /// - Returns: `[..., m, n]`.
  public func matrixProduct(
    _ other: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false
  ) -> Tensor {
    precondition(
      rank >= 2 && other.rank >= 2, "matrix product of shapes \(shape) and \(other.shape)")
    if rank > 2 && other.rank == 2 && !transposingLeft {
      // Extents are counted, not inferred: an axis may be of extent 0, as an empty set of points is.
      let rows = shape.dropLast().reduce(1, *)
      let flat = reshaped([rows, shape[rank - 1]])
      let product = flat.matrixProduct(other, transposingRight: transposingRight)
      return product.reshaped(Array(shape.dropLast()) + [product.shape[1]])
    }
    let batch = rank >= other.rank ? Array(shape.dropLast(2)) : Array(other.shape.dropLast(2))
    let items = batch.reduce(1, *)
    let left = broadcast(to: batch + shape.suffix(2)).reshaped([items] + shape.suffix(2))
    let right = other.broadcast(to: batch + other.shape.suffix(2))
      .reshaped([items] + other.shape.suffix(2))
    let product = Tensor.batchedProduct(left, right, transposingLeft, transposingRight)
    return product.reshaped(batch + product.shape.suffix(2))
  }

  /// The primitive: `[b, m, k]` by `[b, k, n]`, either read transposed.
  private static func batchedProduct(
    _ left: Tensor, _ right: Tensor, _ transposeLeft: Bool, _ transposeRight: Bool
  ) -> Tensor {
    let batch = left.shape[0]
    let (rows, shared) =
      transposeLeft ? (left.shape[2], left.shape[1]) : (left.shape[1], left.shape[2])
    let (otherShared, columns) =
      transposeRight ? (right.shape[2], right.shape[1]) : (right.shape[1], right.shape[2])
    precondition(
      shared == otherShared && right.shape[0] == batch,
      "matrix product of \(left.shape)\(transposeLeft ? " transposed" : "") and "
        + "\(right.shape)\(transposeRight ? " transposed" : "")")
    let result = Tensor.writing([batch, rows, columns]) { output in
      MatrixKernel(
        rows: rows, columns: columns, shared: shared,
        transposeLeft: transposeLeft, transposeRight: transposeRight
      ).multiply(left.buffer, right.buffer, output, batch: batch)
    }
    return result.recorded(from: [left, right]) { pull in
      let (a, b, g) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      let forLeft: Tensor? =
        !pull.needed[0]
        ? nil
        : transposeLeft
          ? batchedProduct(b, g, transposeRight, true)
          : batchedProduct(g, b, false, !transposeRight)
      let forRight: Tensor? =
        !pull.needed[1]
        ? nil
        : transposeRight
          ? batchedProduct(g, a, true, transposeLeft)
          : batchedProduct(a, g, !transposeLeft, false)
      return [forLeft, forRight]
    }
  }
}

/// A batch of single precision matrix products through OpenBLAS, one BLAS thread a tile.
///
/// Tiles follow from the extents alone, so the result does not depend on the number of threads.
private struct MatrixKernel {
  let rows: Int
  let columns: Int
  let shared: Int
  let transposeLeft: Bool
  let transposeRight: Bool

  /// Rows of the result in one tile: long enough for full speed, short enough to share the work.
  private static let rowTile = 1_024
  /// Terms of the sum in one tile where the sum is the long direction (gradients of weights).
  private static let sharedTile = 4_096

  func multiply(
    _ left: TensorBuffer, _ right: TensorBuffer, _ output: UnsafeMutablePointer<Float>, batch: Int
  ) {
    if batch * rows * columns == 0 { return }
    if shared == 0 {
      output.update(repeating: 0, count: batch * rows * columns)
      return
    }
    let operations = 2 * rows * columns * shared
    let y = UInt(bitPattern: output)
    let splitsSum = batch == 1 && shared >= 2 * Self.sharedTile && rows <= Self.rowTile
    if splitsSum {
      multiplyInParts(left, right, output)
    } else if operations * batch < 4_000_000 {
      for item in 0..<batch { tile(left, right, y, item, 0..<rows, 0..<shared) }
    } else {
      let tiles = (rows + Self.rowTile - 1) / Self.rowTile
      Parallel.forEach(batch * tiles) { index in
        let start = index % tiles * Self.rowTile
        tile(
          left, right, y, index / tiles, start..<min(rows, start + Self.rowTile), 0..<shared)
      }
    }
    withExtendedLifetime((left, right)) {}
  }

  /// Partial sums over pieces of the shared axis, added in order.
  private func multiplyInParts(
    _ left: TensorBuffer, _ right: TensorBuffer, _ output: UnsafeMutablePointer<Float>
  ) {
    let parts = (shared + Self.sharedTile - 1) / Self.sharedTile
    let partials = TensorBuffer(count: parts * rows * columns)
    let base = UInt(bitPattern: partials.pointer)
    Parallel.forEach(parts) { part in
      let start = part * Self.sharedTile
      tile(
        left, right, base + UInt(part * rows * columns * MemoryLayout<Float>.stride), 0, 0..<rows,
        start..<min(shared, start + Self.sharedTile))
    }
    let total = Tensor(shape: [parts, rows * columns], buffer: partials).sum(axes: [0])
    output.update(from: total.buffer.pointer, count: rows * columns)
    withExtendedLifetime(total) {}
  }

  private func tile(
    _ left: TensorBuffer, _ right: TensorBuffer, _ output: UInt, _ item: Int,
    _ rowRange: Range<Int>, _ sharedRange: Range<Int>
  ) {
    guard let y = UnsafeMutablePointer<Float>(bitPattern: output) else { return }
    let leftStride = transposeLeft ? rows : shared
    let rightStride = transposeRight ? shared : columns
    let a =
      left.pointer + item * rows * shared
      + (transposeLeft
        ? sharedRange.lowerBound * leftStride + rowRange.lowerBound
        : rowRange.lowerBound * leftStride + sharedRange.lowerBound)
    let b =
      right.pointer + item * shared * columns
      + (transposeRight ? sharedRange.lowerBound : sharedRange.lowerBound * rightStride)
    cblas_sgemm(
      CblasRowMajor, transposeLeft ? CblasTrans : CblasNoTrans,
      transposeRight ? CblasTrans : CblasNoTrans, blasint(rowRange.count), blasint(columns),
      blasint(sharedRange.count), 1, a, blasint(leftStride), b, blasint(rightStride), 0,
      y + (item * rows + rowRange.lowerBound) * columns, blasint(columns))
  }
}
