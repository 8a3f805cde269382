import CKernels

/// A convolution of one shape by the kernels in C.
struct ConvolutionKernel {
  private let shape: ck_convolution
  private let outputs: Int

  /// Outputs of one tile, each of all channels; tiles follow from the shape alone.
  private static let tile = 384

  /// - Parameters:
  ///   - input: `[b, height, width, c]`.
  ///   - kernel: `[kernelHeight, kernelWidth, c, outputs]`.
  init(input: [Int], kernel: [Int]) {
    shape = ck_convolution(
      batch: Int32(input[0]), height: Int32(input[1]), width: Int32(input[2]),
      inputs: Int32(input[3]), outputs: Int32(kernel[3]), kernel_height: Int32(kernel[0]),
      kernel_width: Int32(kernel[1]))
    outputs = input[0] * input[1] * input[2]
  }

  /// Inputs that a register block may read beyond the end; see `ck_convolution_padded_count`.
  private static let slack = 16

  /// The pictures with a border of zeros, or as they are where the kernel needs no border.
  func padded(_ x: TensorBuffer) -> TensorBuffer {
    if shape.kernel_height == 1 && shape.kernel_width == 1 && shape.inputs >= Self.slack {
      return x
    }
    let result = withUnsafePointer(to: shape) {
      TensorBuffer(count: ck_convolution_padded_count($0))
    }
    withUnsafePointer(to: shape) { ck_convolution_pad($0, x.pointer, result.pointer) }
    return result
  }

  private func packedBuffer() -> TensorBuffer {
    withUnsafePointer(to: shape) { TensorBuffer(count: ck_convolution_packed_count($0)) }
  }

  /// `[b, height, width, outputs]`.
  ///
  /// - Parameters:
  ///   - padded: the pictures, as ``padded(_:)`` gives them.
  ///   - kernel: of this shape, or of the convolution that this one is the adjoint of.
  ///   - isAdjoint: which of the two.
  ///   - bias: added to every value, or nil.
  func convolve(
    _ padded: TensorBuffer, _ kernel: TensorBuffer, isAdjoint: Bool, _ bias: TensorBuffer?
  ) -> Tensor {
    let packed = packedBuffer()
    withUnsafePointer(to: shape) {
      ck_convolution_pack($0, kernel.pointer, isAdjoint ? 1 : 0, packed.pointer)
    }
    let extents = [shape.batch, shape.height, shape.width, shape.outputs].map { Int($0) }
    return Tensor.writing(extents) { output in
      // Tiles do not overlap, and no pointer outlives this call.
      nonisolated(unsafe) let y = output
      Parallel.overRanges(outputs, grain: Self.tile) { [shape] range in
        withUnsafePointer(to: shape) {
          ck_convolve(
            $0, padded.pointer, packed.pointer, bias?.pointer, Int64(range.lowerBound),
            Int64(range.upperBound), y)
        }
      }
    }
  }

  /// The derivative with respect to the kernel, `[kernelHeight, kernelWidth, c, outputs]`.
  ///
  /// - Parameter padded: the pictures, as ``padded(_:)`` gives them.
  func correlate(_ padded: TensorBuffer, _ g: TensorBuffer) -> Tensor {
    let packed = packedBuffer()
    let extents = [shape.kernel_height, shape.kernel_width, shape.inputs, shape.outputs]
    return Tensor.writing(extents.map { Int($0) }) { output in
      withUnsafePointer(to: shape) {
        ck_convolution_gradient($0, padded.pointer, g.pointer, packed.pointer, output)
      }
    }
  }
}
