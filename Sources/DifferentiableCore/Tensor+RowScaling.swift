import CKernels

extension Tensor {
  /// Matrices with scaled copies of this matrix's rows, `(1 + change) self`, in one pass.
  ///
  /// - Parameter change: `[b, rows]`.
  /// - Returns: `[b, rows, columns]` for `self` of shape `[rows, columns]`.
  package func scalingRows(by change: Tensor) -> Tensor {
    precondition(
      rank == 2 && change.rank == 2 && change.shape[1] == shape[0],
      "no \(change.shape) sizes for the rows of \(shape)")
    let (items, rows, columns) = (change.shape[0], shape[0], shape[1])
    let result = Tensor.writing([items, rows, columns]) { output in
      for item in 0..<items {
        ck_scale_rows(
          buffer.pointer, change.buffer.pointer + item * rows, output + item * count, rows, columns)
      }
    }
    return result.recorded(
      from: [self, change],
      composition: { ($0[1] + 1).reshaped([items, rows, 1]) * $0[0] }
    ) { pull in
      let perMatrix = Tensor.zeros([rows, columns])
      let perChange = Tensor.writing([items, rows]) { output in
        for item in 0..<items {
          ck_scale_rows_gradient(
            pull.inputs[0].buffer.pointer, pull.inputs[1].buffer.pointer + item * rows,
            pull.cotangent.buffer.pointer + item * rows * columns, perMatrix.buffer.pointer,
            output + item * rows, rows, columns)
        }
      }
      return [perMatrix, perChange]
    }
  }
}
