import CKernels

extension Tensor {
  /// The convolution of pictures with a kernel, with zeros beyond the border.
  ///
  /// As is usual for neural networks, the kernel is not flipped.
  ///
  /// - Parameters:
  ///   - kernel: `[kernelHeight, kernelWidth, c, outputs]`; both sides are odd.
  ///   - bias: `[outputs]`, added to every value, or nil.
  /// - Returns: `[b, height, width, outputs]` for pictures `[b, height, width, c]`.
  public func convolved(with kernel: Tensor, bias: Tensor? = nil) -> Tensor {
    precondition(
      rank == 4 && kernel.rank == 4 && kernel.shape[2] == shape[3]
        && kernel.shape[0] % 2 == 1 && kernel.shape[1] % 2 == 1
        && (bias.map { $0.shape == [kernel.shape[3]] } ?? true),
      "a convolution of \(shape) with \(kernel.shape), bias \(bias?.shape ?? [])")
    let work = ConvolutionKernel(input: shape, kernel: kernel.shape)
    // Kept for the reverse pass, which reads it again.
    let padded = work.padded(buffer)
    let result = work.convolve(padded, kernel.buffer, isAdjoint: false, bias?.buffer)
    return result.recorded(from: [self, kernel] + (bias.map { [$0] } ?? [])) { pull in
      let (x, kernel, g) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      var slopes: [Tensor?] = [
        pull.needed[0] ? g.adjointConvolved(with: kernel) : nil,
        pull.needed[1]
          ? x.correlated(
            with: g, height: kernel.shape[0], width: kernel.shape[1], padded: padded) : nil,
      ]
      if pull.inputs.count > 2 { slopes.append(pull.needed[2] ? g.sum(axes: [0, 1, 2]) : nil) }
      return slopes
    }
  }

  /// The adjoint of the convolution with a kernel, which is the derivative with respect to the pictures.
  ///
  /// - Returns: `[b, h, w, c]` for `[b, h, w, outputs]` and a kernel `[height, width, c, outputs]`.
  private func adjointConvolved(with kernel: Tensor) -> Tensor {
    let work = ConvolutionKernel(
      input: shape, kernel: [kernel.shape[0], kernel.shape[1], kernel.shape[3], kernel.shape[2]])
    let result = work.convolve(work.padded(buffer), kernel.buffer, isAdjoint: true, nil)
    return result.recorded(from: [self, kernel]) { pull in
      let (g, kernel, slope) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      return [
        pull.needed[0] ? slope.convolved(with: kernel) : nil,
        pull.needed[1]
          ? slope.correlated(with: g, height: kernel.shape[0], width: kernel.shape[1]) : nil,
      ]
    }
  }

  /// The derivative of a convolution with respect to its kernel.
  ///
  /// For each position in the kernel, it is the sum of the products of these pictures' values there with the
  /// outputs' `g`.
  ///
  /// - Parameter padded: these pictures in the kernels' layout, if available.
  /// - Returns: `[height, width, c, outputs]` for pictures `[b, h, w, c]` and g `[b, h, w, outputs]`.
  private func correlated(
    with g: Tensor, height: Int, width: Int, padded: TensorBuffer? = nil
  ) -> Tensor {
    let work = ConvolutionKernel(input: shape, kernel: [height, width, shape[3], g.shape[3]])
    let result = work.correlate(padded ?? work.padded(buffer), g.buffer)
    return result.recorded(from: [self, g]) { pull in
      let (x, g, slope) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      return [
        pull.needed[0] ? g.adjointConvolved(with: slope) : nil,
        pull.needed[1] ? x.convolved(with: slope) : nil,
      ]
    }
  }
}
