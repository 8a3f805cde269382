import CKernels
import Numerics

/// A convolution of fixed shape, computed by the C kernels.
struct ConvolutionKernel {
  private let shape: ck_convolution
  private let outputs: Int
  /// Whether Winograd's algorithm is used, which takes fewer products; it depends on the shape alone.
  private let isWinograd: Bool

  /// The number of outputs per piece of work, each with all channels; pieces depend on the shape alone.
  private static let grain = 384
  /// The number of tiles of 4x4 outputs per piece of work.
  private static let tileGrain = 24

  /// Creates a convolution of the given shapes.
  ///
  /// - Parameters:
  ///   - input: `[b, height, width, c]`.
  ///   - kernel: `[kernelHeight, kernelWidth, c, outputs]`.
  init(input: [Int], kernel: [Int]) {
    shape = ck_convolution(
      batch: Int32(input[0]), height: Int32(input[1]), width: Int32(input[2]),
      inputs: Int32(input[3]), outputs: Int32(kernel[3]), kernel_height: Int32(kernel[0]),
      kernel_width: Int32(kernel[1]))
    outputs = input[0] * input[1] * input[2]
    isWinograd = withUnsafePointer(to: shape) { ck_winograd_is_faster($0) } != 0
  }

  /// The number of floats that a register block may read past the end; see `ck_convolution_padded_count`.
  private static let slack = 16

  /// The pictures with a border of zeros, or unchanged if no border is needed.
  func padded(_ x: TensorBuffer) -> TensorBuffer {
    if isWinograd { return x }
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

  /// The convolution, `[b, height, width, outputs]`.
  ///
  /// - Parameters:
  ///   - padded: the pictures, as returned by ``padded(_:)``.
  ///   - kernel: the kernel of this convolution, or of the convolution whose adjoint this one is.
  ///   - isAdjoint: whether the kernel belongs to the convolution whose adjoint this one is.
  ///   - bias: added to every value, or nil.
  func convolve(
    _ padded: TensorBuffer, _ kernel: TensorBuffer, isAdjoint: Bool, _ bias: TensorBuffer?
  ) -> Tensor {
    let extents = [shape.batch, shape.height, shape.width, shape.outputs].map { Int($0) }
    return Tensor.writing(extents) { output in
      if isWinograd {
        convolveTiles(padded, kernel, isAdjoint: isAdjoint, bias, output)
        return
      }
      let packed = packedBuffer()
      withUnsafePointer(to: shape) {
        ck_convolution_pack($0, kernel.pointer, isAdjoint ? 1 : 0, packed.pointer)
      }
      // Pieces do not overlap, and no pointer outlives this call.
      nonisolated(unsafe) let y = output
      Parallel.overRanges(outputs, grain: Self.grain) { [shape] range in
        withUnsafePointer(to: shape) {
          ck_convolve(
            $0, padded.pointer, packed.pointer, bias?.pointer, Int64(range.lowerBound),
            Int64(range.upperBound), y)
        }
      }
    }
  }

  private func convolveTiles(
    _ x: TensorBuffer, _ kernel: TensorBuffer, isAdjoint: Bool, _ bias: TensorBuffer?,
    _ output: UnsafeMutablePointer<Float>
  ) {
    let (transformed, scratchCount, tiles) = withUnsafePointer(to: shape) {
      let transformed = TensorBuffer(count: ck_winograd_kernel_count($0))
      let scratch = TensorBuffer(count: isAdjoint ? kernel.count : 0)
      ck_winograd_transform_kernel(
        $0, kernel.pointer, isAdjoint ? 1 : 0, scratch.pointer, transformed.pointer)
      return (transformed, ck_winograd_scratch_count($0), Int(ck_winograd_tiles($0)))
    }
    // Pieces do not overlap, and no pointer outlives this call.
    nonisolated(unsafe) let y = output
    Parallel.overRanges(tiles, grain: Self.tileGrain) { [shape] range in
      let scratch = TensorBuffer(count: scratchCount)
      withUnsafePointer(to: shape) {
        ck_winograd_convolve(
          $0, x.pointer, transformed.pointer, bias?.pointer, Int64(range.lowerBound),
          Int64(range.upperBound), scratch.pointer, y)
      }
    }
  }

  /// The derivative with respect to the kernel, `[kernelHeight, kernelWidth, c, outputs]`.
  ///
  /// - Parameter padded: the pictures, as returned by ``padded(_:)``.
  func correlate(_ padded: TensorBuffer, _ g: TensorBuffer) -> Tensor {
    let extents = [shape.kernel_height, shape.kernel_width, shape.inputs, shape.outputs]
    return Tensor.writing(extents.map { Int($0) }) { output in
      withUnsafePointer(to: shape) {
        if isWinograd {
          let sums = TensorBuffer(count: ck_winograd_kernel_count($0))
          let scratch = TensorBuffer(count: ck_winograd_scratch_count($0))
          ck_winograd_gradient(
            $0, padded.pointer, g.pointer, sums.pointer, scratch.pointer, output)
        } else {
          let packed = packedBuffer()
          ck_convolution_gradient($0, padded.pointer, g.pointer, packed.pointer, output)
        }
      }
    }
  }
}
