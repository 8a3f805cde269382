extension Tensor {
  /// A dense layer, `self W^T + b`, in one pass.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs]`.
  ///   - bias: `[outputs]`.
  /// - Returns: `[..., outputs]` for `self` of shape `[..., inputs]`.
  public func affine(weight: Tensor, bias: Tensor) -> Tensor {
    precondition(
      rank >= 1 && weight.rank == 2 && bias.shape == [weight.shape[0]]
        && shape.last == weight.shape[1],
      "a dense layer of weights \(weight.shape) and biases \(bias.shape) on \(shape)")
    let rows = shape.dropLast().reduce(1, *)
    let (inputs, outputs) = (weight.shape[1], weight.shape[0])
    let flat = reshaped([rows, inputs])
    let result = Tensor.writing([rows, outputs]) { output in
      // Rows do not overlap, and no pointer outlives this call.
      nonisolated(unsafe) let start = output
      Parallel.overRanges(rows, grain: max(1, (1 << 16) / max(1, outputs))) { range in
        for row in range {
          (start + row * outputs).update(from: bias.buffer.pointer, count: outputs)
        }
      }
      MatrixKernel(
        rows: rows, columns: outputs, shared: inputs, transposeLeft: false, transposeRight: true,
        adds: true
      ).multiply(flat.buffer, weight.buffer, output, batch: 1)
    }
    let recorded = result.recorded(from: [flat, weight, bias]) { pull in
      let g = pull.cotangent
      return [
        pull.needed[0] ? g.matrixProduct(pull.inputs[1]) : nil,
        pull.needed[1] ? g.matrixProduct(pull.inputs[0], transposingLeft: true) : nil,
        pull.needed[2] ? g.sum(axes: [0]) : nil,
      ]
    }
    return recorded.reshaped(Array(shape.dropLast()) + [outputs])
  }
}
