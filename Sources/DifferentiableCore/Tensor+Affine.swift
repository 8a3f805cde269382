import Numerics

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

  /// A dense layer with separate weights for each item, `[self 1] W`, in one pass.
  ///
  /// - Parameter layers: W, `[b, inputs + 1, outputs]`, with the constant's row last.
  /// - Returns: `[b, n, outputs]` for `self` of shape `[b, n, inputs]`.
  package func affine(ofEach layers: Tensor) -> Tensor {
    precondition(
      rank == 3 && layers.rank == 3 && shape[0] == layers.shape[0]
        && shape[2] + 1 == layers.shape[1],
      "dense layers \(layers.shape) on \(shape)")
    let own = DenseLayer(rows: shape[1], inputs: shape[2], outputs: layers.shape[2])
    let items = shape[0]
    let result = Tensor.writing([items, own.rows, own.outputs]) { _ in }
    Parallel.forEach(items, upTo: own.isSmall(items) ? 1 : items) { item in
      own.forward(
        buffer.pointer + item * own.inputCount, layers.buffer.pointer + item * own.weightCount,
        result.buffer.pointer + item * own.outputCount)
    }
    return result.recorded(
      from: [self, layers],
      composition: { variables in
        let (weights, constants) = (0..<own.inputs, own.inputs..<own.inputs + 1)
        return variables[0].matrixProduct(variables[1].sliced(axis: 1, weights))
          + variables[1].sliced(axis: 1, constants)
      }
    ) { pull in
      let slopes = zip(pull.inputs, pull.needed).map { input, isNeeded in
        isNeeded ? Tensor.writing(input.shape) { _ in } : nil
      }
      Parallel.forEach(items, upTo: own.isSmall(items) ? 1 : items) { item in
        let (input, weight) = (item * own.inputCount, item * own.weightCount)
        own.reverse(
          pull.inputs[0].buffer.pointer + input, pull.inputs[1].buffer.pointer + weight,
          pull.cotangent.buffer.pointer + item * own.outputCount,
          perInput: slopes[0].map { $0.buffer.pointer + input },
          perWeight: slopes[1].map { $0.buffer.pointer + weight })
      }
      return slopes
    }
  }
}

/// `[x 1] W` for one item, with W `[inputs + 1, outputs]` and the constant's row last.
struct DenseLayer: Sendable {
  let rows: Int
  let inputs: Int
  let outputs: Int

  var inputCount: Int { rows * inputs }
  var outputCount: Int { rows * outputs }
  var weightCount: Int { (inputs + 1) * outputs }

  /// Whether waking another thread costs more than it saves.
  func isSmall(_ items: Int) -> Bool { items * rows * weightCount < 1_000_000 }

  func forward(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>
  ) {
    if rows == 0 { return }
    for row in 0..<rows {
      (output + row * outputs).update(from: weights + inputs * outputs, count: outputs)
    }
    MatrixKernel(
      rows: rows, columns: outputs, shared: inputs, transposeLeft: false, transposeRight: false,
      adds: true
    ).multiply(x, weights, output)
  }

  func reverse(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ cotangent: UnsafePointer<Float>,
    perInput: UnsafeMutablePointer<Float>?, perWeight: UnsafeMutablePointer<Float>?
  ) {
    if let perInput, rows > 0 {
      MatrixKernel(
        rows: rows, columns: inputs, shared: outputs, transposeLeft: false, transposeRight: true
      ).multiply(cotangent, weights, perInput)
    }
    if let perWeight { transposedProduct(x, cotangent, perWeight) }
  }

  /// `[x 1]^T values`, `[inputs + 1, outputs]`, for values `[rows, outputs]`.
  func transposedProduct(
    _ x: UnsafePointer<Float>, _ values: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    if rows == 0 {
      result.update(repeating: 0, count: weightCount)
      return
    }
    MatrixKernel(
      rows: inputs, columns: outputs, shared: rows, transposeLeft: true, transposeRight: false
    ).multiply(x, values, result)
    for output in 0..<outputs {
      let sum = (0..<rows).reduce(0.0) { $0 + Double(values[$1 * outputs + output]) }
      result[inputs * outputs + output] = Float(sum)
    }
  }
}
