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

  private func padded(_ x: TensorBuffer) -> TensorBuffer {
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
  func convolve(_ x: TensorBuffer, _ kernel: TensorBuffer, _ bias: TensorBuffer?) -> Tensor {
    let (padded, packed) = (padded(x), packedBuffer())
    withUnsafePointer(to: shape) { ck_convolution_pack($0, kernel.pointer, packed.pointer) }
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
  func correlate(_ x: TensorBuffer, _ g: TensorBuffer) -> Tensor {
    let (padded, packed) = (padded(x), packedBuffer())
    let extents = [shape.kernel_height, shape.kernel_width, shape.inputs, shape.outputs]
    return Tensor.writing(extents.map { Int($0) }) { output in
      withUnsafePointer(to: shape) {
        ck_convolution_gradient($0, padded.pointer, g.pointer, packed.pointer, output)
      }
    }
  }
}
