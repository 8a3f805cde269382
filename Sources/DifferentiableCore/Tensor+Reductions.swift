import CKernels
import Numerics

extension Tensor {
  /// The sum over the given axes (all if nil).
  ///
  /// The order of additions depends on the shape alone.
  ///
  /// - Parameter keepingAxes: whether summed axes remain, with extent 1.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let axes = Set((axes ?? Array(0..<rank)).map { axis($0) })
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    let result = reduced(over: axes, ck_sum_axis)
    let own = shape
    let summed = Tensor(shape: kept, buffer: result).recorded(from: [self]) {
      [$0.cotangent.broadcast(to: own)]
    }
    if keepingAxes { return summed }
    return summed.reshaped(shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
  }

  /// The mean over the given axes (all if nil).
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let total = sum(axes: axes, keepingAxes: keepingAxes)
    return total * (Float(total.count) / Float(max(1, count)))
  }

  /// The sum of the squares of all values, in one pass, with shape `[]`.
  public func sumOfSquares() -> Tensor {
    Tensor(Float(squaredLength)).recorded(from: [self]) {
      [$0.inputs[0] * ($0.cotangent * 2)]
    }
  }

  /// The sum of the squares of all values in double precision.
  ///
  /// Pieces depend on the count alone and are added in order, so the sum does not depend on the number of
  /// threads.
  var squaredLength: Double {
    let source = buffer
    let piece = 1 << 16
    let parts = (count + piece - 1) / piece
    let squared = { @Sendable [count] (part: Int) in
      ck_squared_length(source.pointer + part * piece, min(piece, count - part * piece))
    }
    // Waking another thread costs as much as a few pieces.
    let sums = parts > 4 ? Parallel.map(parts, squared) : (0..<parts).map(squared)
    return sums.reduce(0, +)
  }

  /// The largest value over one axis, which remains with extent 1; not differentiable.
  public func largest(axis: Int) -> Tensor {
    let axis = self.axis(axis)
    let kept = shape.indices.map { $0 == axis ? 1 : shape[$0] }
    return Tensor(shape: kept, buffer: reduced(over: [axis], ck_max_axis))
  }

  private typealias AxisKernel = (
    UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int, Int, Int
  ) -> Void

  /// Reduces one run of adjacent axes after another, last first.
  private func reduced(over axes: Set<Int>, _ kernel: AxisKernel) -> TensorBuffer {
    var extents = shape
    var current = buffer
    var axis = rank - 1
    while axis >= 0 {
      guard axes.contains(axis) else {
        axis -= 1
        continue
      }
      var first = axis
      while first > 0 && axes.contains(first - 1) { first -= 1 }
      let outer = extents[..<first].reduce(1, *)
      let length = extents[first...axis].reduce(1, *)
      let inner = extents[(axis + 1)...].reduce(1, *)
      let next = TensorBuffer(count: outer * inner)
      kernel(current.pointer, next.pointer, outer, length, inner)
      withExtendedLifetime(current) {}
      for position in first...axis { extents[position] = 1 }
      current = next
      axis = first - 1
    }
    return current
  }
}
