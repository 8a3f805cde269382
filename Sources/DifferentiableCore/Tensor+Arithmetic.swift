import CKernels
import Numerics

// Element-wise arithmetic. Shapes are aligned by numpy's rules. Each derivative rule appears beside its
// operation and consists of differentiable operations.

/// The element-wise sum.
public func + (left: Tensor, right: Tensor) -> Tensor {
  Tensor.combine(CK_ADD, left, right).recorded(from: [left, right]) {
    [
      $0.needed[0] ? $0.cotangent.summed(to: $0.inputs[0].shape) : nil,
      $0.needed[1] ? $0.cotangent.summed(to: $0.inputs[1].shape) : nil,
    ]
  }
}

/// The element-wise difference.
public func - (left: Tensor, right: Tensor) -> Tensor {
  Tensor.combine(CK_SUBTRACT, left, right).recorded(from: [left, right]) {
    [
      $0.needed[0] ? $0.cotangent.summed(to: $0.inputs[0].shape) : nil,
      $0.needed[1] ? (-$0.cotangent).summed(to: $0.inputs[1].shape) : nil,
    ]
  }
}

/// The element-wise product.
public func * (left: Tensor, right: Tensor) -> Tensor {
  Tensor.combine(CK_MULTIPLY, left, right).recorded(from: [left, right]) {
    [
      $0.needed[0] ? ($0.cotangent * $0.inputs[1]).summed(to: $0.inputs[0].shape) : nil,
      $0.needed[1] ? ($0.cotangent * $0.inputs[0]).summed(to: $0.inputs[1].shape) : nil,
    ]
  }
}

/// The element-wise quotient.
public func / (left: Tensor, right: Tensor) -> Tensor {
  Tensor.combine(CK_DIVIDE, left, right).recorded(from: [left, right]) { pull in
    let (a, b) = (pull.inputs[0], pull.inputs[1])
    let perLeft = pull.cotangent / b
    return [
      pull.needed[0] ? perLeft.summed(to: a.shape) : nil,
      pull.needed[1] ? (-(perLeft * (a / b))).summed(to: b.shape) : nil,
    ]
  }
}

extension Tensor {
  /// Adds a tensor of the same shape.
  ///
  /// The sum is formed in this tensor's memory if nothing else holds that memory and nothing is recorded.
  mutating func add(_ other: Tensor) {
    if !addInPlace(other) { self = self + other }
  }

  /// Adds a tensor of the same shape that is not needed afterwards.
  ///
  /// The sum is formed in the memory of either tensor if nothing else holds that memory and nothing is
  /// recorded.
  mutating func add(consuming other: inout Tensor) {
    if addInPlace(other) { return }
    self = other.addInPlace(self) ? other : self + other
  }

  private mutating func addInPlace(_ other: Tensor) -> Bool {
    guard shape == other.shape, !isTracked, !other.isTracked,
      isKnownUniquelyReferenced(&buffer)
    else { return false }
    // Ranges do not overlap, and no pointer outlives this call.
    nonisolated(unsafe) let (x, y) = (other.buffer.pointer, buffer.pointer)
    Parallel.overRanges(count) { range in
      ck_add_to(x + range.lowerBound, y + range.lowerBound, range.count)
    }
    return true
  }

  /// `scale * self + shift`.
  public func scaled(by scale: Float, shiftedBy shift: Float = 0) -> Tensor {
    let result = Tensor.writing(shape) { output in
      let x = UInt(bitPattern: buffer.pointer)
      let y = UInt(bitPattern: output)
      Parallel.overRanges(count) { range in
        guard
          let x = UnsafePointer<Float>(bitPattern: x),
          let y = UnsafeMutablePointer<Float>(bitPattern: y)
        else { return }
        ck_scale_shift(
          x + range.lowerBound, y + range.lowerBound, range.count, scale, shift)
      }
    }
    return result.recorded(from: [self]) { [$0.cotangent.scaled(by: scale)] }
  }

  /// The element-wise maximum; where both are equal the derivative goes to the right one.
  public static func maximum(_ left: Tensor, _ right: Tensor) -> Tensor {
    combine(CK_MAXIMUM, left, right).recorded(from: [left, right]) { pull in
      let (a, b) = (pull.inputs[0], pull.inputs[1])
      let leftWins = (a - b).detached.step()
      return [
        (pull.cotangent * leftWins).summed(to: a.shape),
        (pull.cotangent * (1 - leftWins)).summed(to: b.shape),
      ]
    }
  }

  /// `mask * self + (1 - mask) * other`, computed exactly.
  ///
  /// Where the mask is 0, no value of `self` has an effect, not even NaN.
  ///
  /// - Parameter mask: zeros and ones, in a compatible shape.
  public func selected(by mask: Tensor, else other: Tensor) -> Tensor {
    let target = BroadcastPlan.commonShape(
      BroadcastPlan.commonShape(shape, mask.shape), other.shape)
    let mask = mask.detached.broadcast(to: target)
    let (chosen, alternative) = (broadcast(to: target), other.broadcast(to: target))
    let result = Tensor.writing(target) { output in
      for position in 0..<mask.count {
        output[position] =
          mask.buffer.pointer[position] != 0
          ? chosen.buffer.pointer[position] : alternative.buffer.pointer[position]
      }
    }
    return result.recorded(from: [chosen, alternative]) { pull in
      let zero = Tensor.zeros([])
      return [
        pull.cotangent.selected(by: mask, else: zero),
        zero.selected(by: mask, else: pull.cotangent),
      ]
    }
  }
}

/// The element-wise negative.
public prefix func - (tensor: Tensor) -> Tensor { tensor.scaled(by: -1) }
/// A number added to every element.
public func + (left: Tensor, right: Float) -> Tensor { left.scaled(by: 1, shiftedBy: right) }
/// A number added to every element.
public func + (left: Float, right: Tensor) -> Tensor { right.scaled(by: 1, shiftedBy: left) }
/// A number subtracted from every element.
public func - (left: Tensor, right: Float) -> Tensor { left.scaled(by: 1, shiftedBy: -right) }
/// Every element subtracted from a number.
public func - (left: Float, right: Tensor) -> Tensor { right.scaled(by: -1, shiftedBy: left) }
/// Every element times a number.
public func * (left: Tensor, right: Float) -> Tensor { left.scaled(by: right) }
/// Every element times a number.
public func * (left: Float, right: Tensor) -> Tensor { right.scaled(by: left) }
/// Every element divided by a number.
public func / (left: Tensor, right: Float) -> Tensor { left.scaled(by: 1 / right) }
