import CKernels
import Numerics

extension Tensor {
  /// Applies a kernel with one input, without its derivative.
  private func apply(_ operation: ck_unary_operation) -> Tensor {
    Tensor.writing(shape) { output in
      let x = UInt(bitPattern: buffer.pointer)
      let y = UInt(bitPattern: output)
      Parallel.overRanges(count, grain: 1 << 14) { range in
        guard
          let x = UnsafePointer<Float>(bitPattern: x),
          let y = UnsafeMutablePointer<Float>(bitPattern: y)
        else { return }
        ck_unary(operation, x + range.lowerBound, y + range.lowerBound, range.count)
      }
    }
  }

  /// The sine of every element, in radians, accurate to 2 units in the last place.
  public func sine() -> Tensor {
    apply(CK_SINE).recorded(from: [self]) { [$0.cotangent * $0.inputs[0].cosine()] }
  }

  /// The cosine of every element, in radians, accurate to 2 units in the last place.
  public func cosine() -> Tensor {
    apply(CK_COSINE).recorded(from: [self]) { [-($0.cotangent * $0.inputs[0].sine())] }
  }

  /// The exponential function of every element.
  public func exponential() -> Tensor {
    apply(CK_EXPONENTIAL).recorded(from: [self], keepingOutput: true) {
      [$0.cotangent * $0.output]
    }
  }

  /// The natural logarithm of every element.
  public func logarithm() -> Tensor {
    apply(CK_LOGARITHM).recorded(from: [self]) { [$0.cotangent / $0.inputs[0]] }
  }

  /// The square root of every element.
  public func squareRoot() -> Tensor {
    apply(CK_SQUARE_ROOT).recorded(from: [self], keepingOutput: true) {
      [$0.cotangent / ($0.output * 2)]
    }
  }

  /// The reciprocal of every element.
  public func reciprocal() -> Tensor {
    apply(CK_RECIPROCAL).recorded(from: [self], keepingOutput: true) {
      [-($0.cotangent * $0.output * $0.output)]
    }
  }

  /// The square of every element.
  public func squared() -> Tensor { self * self }

  /// The maximum of every element and 0 (ReLU); the derivative at 0 is 0.
  public func rectified() -> Tensor {
    apply(CK_RECTIFY).recorded(from: [self]) { [$0.cotangent * $0.inputs[0].step()] }
  }

  /// 1 where an element is positive, else 0; its derivative is 0.
  public func step() -> Tensor { apply(CK_STEP) }

  /// The hyperbolic tangent of every element.
  public func hyperbolicTangent() -> Tensor {
    apply(CK_TANH).recorded(from: [self], keepingOutput: true) {
      [$0.cotangent * (1 - $0.output.squared())]
    }
  }

  /// The Gaussian error linear unit x Phi(x) in its exact form (Hendrycks and Gimpel, arXiv 1606.08415).
  public func gaussianErrorLinear() -> Tensor {
    apply(CK_GELU).recorded(from: [self]) {
      [$0.inputs[0].gaussianErrorLinearPullback($0.cotangent)]
    }
  }

  /// `g` times the derivative of ``gaussianErrorLinear()``, Phi(x) + x phi(x), in one pass.
  ///
  /// The derivative of Phi(x) + x phi(x) is (2 - x^2) phi(x).
  private func gaussianErrorLinearPullback(_ g: Tensor) -> Tensor {
    let result = Tensor.writing(shape) { output in
      // Ranges do not overlap, and no pointer outlives this call.
      nonisolated(unsafe) let (x, g, y) = (buffer.pointer, g.buffer.pointer, output)
      Parallel.overRanges(count, grain: 1 << 14) { range in
        let start = range.lowerBound
        ck_gelu_pullback(x + start, g + start, y + start, range.count)
      }
    }
    return result.recorded(from: [self, g]) { pull in
      let (x, g, slope) = (pull.inputs[0], pull.inputs[1], pull.cotangent)
      let square = x.squared()
      return [
        pull.needed[0]
          ? slope * g * (2 - square) * (square * -0.5).exponential() * 0.398_942_28 : nil,
        pull.needed[1] ? x.gaussianErrorLinearPullback(slope) : nil,
      ]
    }
  }
}
