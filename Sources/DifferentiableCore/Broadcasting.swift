import CKernels
import Numerics

/// The traversal of the result of an operation with two inputs.
///
/// Adjacent axes with matching strides are merged, so that the inner loop is as long as possible.
struct BroadcastPlan {
  let shape: [Int]
  /// The merged extents and the strides of both inputs in elements; at least one axis.
  private(set) var extents: [Int] = []
  private(set) var leftStrides: [Int] = []
  private(set) var rightStrides: [Int] = []

  /// Applies numpy's rules: shapes are aligned at their last axes, and an extent of 1 is repeated.
  init(_ left: [Int], _ right: [Int]) {
    shape = Self.commonShape(left, right)
    let leftFull = Self.strides(of: left, repeatedOver: shape)
    let rightFull = Self.strides(of: right, repeatedOver: shape)
    for axis in shape.indices where shape[axis] != 1 {
      let extent = shape[axis]
      if let last = extents.indices.last,
        leftStrides[last] == leftFull[axis] * extent,
        rightStrides[last] == rightFull[axis] * extent
      {
        extents[last] *= extent
        leftStrides[last] = leftFull[axis]
        rightStrides[last] = rightFull[axis]
      } else {
        extents.append(extent)
        leftStrides.append(leftFull[axis])
        rightStrides.append(rightFull[axis])
      }
    }
    if extents.isEmpty {
      extents = [1]
      leftStrides = [0]
      rightStrides = [0]
    }
    precondition(extents.count <= 8, "shapes \(left) and \(right) interleave too finely")
  }

  /// The shape of the result of combining two shapes.
  static func commonShape(_ left: [Int], _ right: [Int]) -> [Int] {
    if left == right { return left }
    let rank = max(left.count, right.count)
    return (0..<rank).map { axis in
      let l = axis - (rank - left.count)
      let r = axis - (rank - right.count)
      let leftExtent = l < 0 ? 1 : left[l]
      let rightExtent = r < 0 ? 1 : right[r]
      precondition(
        leftExtent == rightExtent || leftExtent == 1 || rightExtent == 1,
        "shapes \(left) and \(right) do not fit together")
      return leftExtent == 1 ? rightExtent : leftExtent
    }
  }

  /// The strides of a dense tensor of shape `own` within `shape`, 0 along repeated axes.
  static func strides(of own: [Int], repeatedOver shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in own.indices.reversed() {
      let position = axis + shape.count - own.count
      if own[axis] != 1 { strides[position] = step }
      step *= own[axis]
    }
    return strides
  }
}

extension Tensor {
  /// Applies a kernel with two inputs, without its derivative.
  static func combine(_ operation: ck_binary_operation, _ left: Tensor, _ right: Tensor) -> Tensor {
    let plan = BroadcastPlan(left.shape, right.shape)
    return Tensor.writing(plan.shape) { output in
      if plan.shape.contains(0) { return }
      let a = UInt(bitPattern: left.buffer.pointer)
      let b = UInt(bitPattern: right.buffer.pointer)
      let y = UInt(bitPattern: output)
      // Threads share the slowest axis.
      let inner = plan.extents.dropFirst().reduce(1, *)
      let single = plan.extents.count == 1
      Parallel.overRanges(
        single ? plan.extents[0] : plan.extents[0],
        grain: single ? 1 << 16 : max(1, (1 << 16) / inner)
      ) { range in
        var extents = plan.extents
        extents[0] = range.count
        guard
          let a = UnsafePointer<Float>(bitPattern: a),
          let b = UnsafePointer<Float>(bitPattern: b),
          let y = UnsafeMutablePointer<Float>(bitPattern: y)
        else { return }
        ck_binary(
          operation, a + range.lowerBound * plan.leftStrides[0], plan.leftStrides,
          b + range.lowerBound * plan.rightStrides[0], plan.rightStrides,
          y + range.lowerBound * inner, extents.map { $0 }, Int32(extents.count))
      }
      withExtendedLifetime((left.buffer, right.buffer)) {}
    }
  }

  /// The values repeated to a larger compatible shape (numpy's rules).
  public func broadcast(to target: [Int]) -> Tensor {
    if target == shape { return self }
    precondition(
      BroadcastPlan.commonShape(shape, target) == target, "\(shape) does not repeat to \(target)")
    let result = Tensor.writing(target) { output in
      let plan = BroadcastPlan(shape, target)
      guard !target.contains(0) else { return }
      ck_copy_strided(
        buffer.pointer, plan.leftStrides, output, plan.extents.map { $0 },
        Int32(plan.extents.count))
    }
    let own = shape
    return result.recorded(from: [self]) { [$0.cotangent.summed(to: own)] }
  }

  /// The sum over all axes along which broadcasting from `target` to this shape repeats values.
  public func summed(to target: [Int]) -> Tensor {
    if target == shape { return self }
    let offset = rank - target.count
    let axes = (0..<rank).filter { $0 < offset || (target[$0 - offset] == 1 && shape[$0] != 1) }
    return sum(axes: axes, keepingAxes: true).reshaped(target)
  }
}
