import CKernels
import DifferentiableCore

/// Scales a gradient so that its length is at most `limit`.
///
/// The length is summed in double precision, piece by piece in order, so it does not depend on the
/// number of threads. A gradient that is not finite is left as it is.
///
/// - Returns: its length before.
@discardableResult
public func clipGradient(_ gradient: inout [Float], toLength limit: Float) -> Double {
  let (count, piece) = (gradient.count, FlatPieces.length)
  let squared = gradient.withUnsafeBufferPointer { values -> Double in
    guard let base = values.baseAddress else { return 0 }
    return stride(from: 0, to: count, by: piece).reduce(0) { total, start in
      total + ck_squared_length(base + start, min(piece, count - start))
    }
  }
  let length = squared.squareRoot()
  if length > Double(limit) && length.isFinite {
    let scale = Float(Double(limit) / length)
    gradient.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      ck_scale_shift(base, base, count, scale, 0)
    }
  }
  return length
}
