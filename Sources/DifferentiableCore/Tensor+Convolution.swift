import CKernels

extension Tensor {
  /// The convolution of pictures with a kernel, zeros beyond the border (as networks call it: the
  /// kernel is not turned over).
  ///
  /// - Parameters:
  ///   - kernel: `[kernelHeight, kernelWidth, c, outputs]`, both sides odd.
  ///   - bias: `[outputs]`, added to every value, or nil.
  /// - Returns: `[b, height, width, outputs]` for pictures `[b, height, width, c]`.
  public func convolved(with kernel: Tensor, bias: Tensor? = nil) -> Tensor {
    precondition(
      rank == 4 && kernel.rank == 4 && kernel.shape[2] == shape[3]
        && kernel.shape[0] % 2 == 1 && kernel.shape[1] % 2 == 1
        && (bias.map { $0.shape == [kernel.shape[3]] } ?? true),
      "a convolution of \(shape) with \(kernel.shape), bias \(bias?.shape ?? [])")
    let result = ConvolutionKernel(input: shape, kernel: kernel.shape)
      .convolve(buffer, kernel.buffer, bias?.buffer)
    return result.recorded(from: [self, kernel] + (bias.map { [$0] } ?? [])) { pull in
      let (x, kernel, g) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      var slopes: [Tensor?] = [
        pull.needed[0] ? g.convolved(with: kernel.adjointKernel()) : nil,
        pull.needed[1]
          ? x.correlated(with: g, height: kernel.shape[0], width: kernel.shape[1]) : nil,
      ]
      if pull.inputs.count > 2 { slopes.append(pull.needed[2] ? g.sum(axes: [0, 1, 2]) : nil) }
      return slopes
    }
  }

  /// The kernel whose convolution is the adjoint of this one's: turned by half a turn, inputs and
  /// outputs exchanged.
  private func adjointKernel() -> Tensor {
    let (taps, inputs, outputs) = (shape[0] * shape[1], shape[2], shape[3])
    let result = Tensor.writing([shape[0], shape[1], outputs, inputs]) { output in
      let x = buffer.pointer
      for tap in 0..<taps {
        let (from, to) = (x + tap * inputs * outputs, output + (taps - 1 - tap) * inputs * outputs)
        for input in 0..<inputs {
          for channel in 0..<outputs {
            to[channel * inputs + input] = from[input * outputs + channel]
          }
        }
      }
    }
    return result.recorded(from: [self]) { [$0.cotangent.adjointKernel()] }
  }

  /// The derivative of a convolution with respect to its kernel: for each of the kernel's places, the
  /// products of these pictures' values there with the outputs' `g`, summed.
  ///
  /// - Returns: `[height, width, c, outputs]` for pictures `[b, h, w, c]` and g `[b, h, w, outputs]`.
  private func correlated(with g: Tensor, height: Int, width: Int) -> Tensor {
    let result = ConvolutionKernel(input: shape, kernel: [height, width, shape[3], g.shape[3]])
      .correlate(buffer, g.buffer)
    return result.recorded(from: [self, g]) { pull in
      let (x, g, slope) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      return [
        pull.needed[0] ? g.convolved(with: slope.adjointKernel()) : nil,
        pull.needed[1] ? x.convolved(with: slope) : nil,
      ]
    }
  }
}
