import Numerics

extension Tensor {
  /// The matrix product over the last two axes.
  ///
  /// - Parameters:
  ///   - other: a tensor with equal leading axes, or of rank 2 to be shared by all of them (one set of
  ///     weights). If this tensor is of rank 2, it is shared likewise (many sets of weights, one input).
  ///   - transposingLeft: whether this tensor's last two axes are exchanged.
  ///   - transposingRight: whether the other tensor's last two axes are exchanged.
  /// - Returns: `[..., m, n]`.
  public func matrixProduct(
    _ other: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false
  ) -> Tensor {
    precondition(
      rank >= 2 && other.rank >= 2, "matrix product of shapes \(shape) and \(other.shape)")
    if rank > 2 && other.rank == 2 && !transposingLeft {
      // Extents are computed, not inferred, because an extent may be 0, as for an empty set of points.
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

  /// The products of all pairs of columns, `self^T self` over the last two axes.
  ///
  /// The derivative of a general product takes two products. Here symmetry reduces them to one.
  ///
  /// - Returns: `[..., n, n]` for `[..., m, n]`.
  public func gram() -> Tensor {
    precondition(rank >= 2, "a Gram matrix needs two axes, got \(shape)")
    let plain = detached
    return plain.matrixProduct(plain, transposingLeft: true).recorded(from: [self]) { pull in
      [pull.inputs[0].matrixProduct(pull.cotangent + pull.cotangent.transposed())]
    }
  }

  /// The primitive: `[b, m, k]` times `[b, k, n]`, with either operand optionally transposed.
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
