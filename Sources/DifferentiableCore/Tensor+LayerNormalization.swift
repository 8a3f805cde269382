import CKernels

extension Tensor {
  /// Layer normalization along the last axis: mean 0 and variance 1, then scaled and shifted.
  ///
  /// It takes one pass. Derivatives of higher order use the composition. Source: Ba, Kiros and Hinton, arXiv
  /// 1607.06450.
  ///
  /// - Parameters:
  ///   - scale: `[shape.last]`.
  ///   - shift: `[shape.last]`.
  ///   - epsilon: added to the variance.
  public func layerNormalized(scale: Tensor, shift: Tensor, epsilon: Float = 1e-5) -> Tensor {
    let width = shape.last ?? 0
    precondition(
      width > 0 && scale.shape == [width] && shift.shape == [width],
      "layer normalization of \(shape) with \(scale.shape) and \(shift.shape)")
    let rows = count / width
    let statistics = TensorBuffer(count: max(1, 2 * rows))
    let result = Tensor.writing(shape) { output in
      ck_layer_normalize(
        buffer.pointer, scale.buffer.pointer, shift.buffer.pointer, epsilon, output,
        statistics.pointer, statistics.pointer + rows, rows, width)
    }
    return result.recorded(
      from: [self, scale, shift],
      composition: {
        $0[0].layerNormalizedComposition(scale: $0[1], shift: $0[2], epsilon: epsilon)
      }
    ) { pull in
      let (x, scale) = (pull.inputs[0], pull.inputs[1])
      let slopes = TensorBuffer(count: 2 * width)
      let gx = Tensor.writing(x.shape) { output in
        ck_layer_normalize_gradient(
          x.buffer.pointer, scale.buffer.pointer, statistics.pointer, statistics.pointer + rows,
          pull.cotangent.buffer.pointer, output, slopes.pointer, slopes.pointer + width, rows, width
        )
      }
      let both = Tensor(shape: [2, width], buffer: slopes)
      return [
        gx, both.sliced(axis: 0, 0..<1).reshaped([width]),
        both.sliced(axis: 0, 1..<2).reshaped([width]),
      ]
    }
  }

  /// The plain composition, the reference for ``layerNormalized(scale:shift:epsilon:)``.
  public func layerNormalizedComposition(
    scale: Tensor, shift: Tensor, epsilon: Float = 1e-5
  ) -> Tensor {
    let centred = self - mean(axes: [-1], keepingAxes: true)
    let variance = centred.squared().mean(axes: [-1], keepingAxes: true)
    return centred * (variance + epsilon).squareRoot().reciprocal() * scale + shift
  }
}
