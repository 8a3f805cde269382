import CKernels

/// Values in half precision with a common factor, as a message.
///
/// The factor is a power of two that brings the largest magnitude to just below the largest number of half precision, so
/// gradients of any size keep eleven bits, and those below 2^-29 of the largest fewer.
package enum HalfPrecisionMessage {
  /// The message of some values: the bytes of the factor, then those of the values times the factor.
  package static func bytes(of values: ArraySlice<Float>) -> [UInt8] {
    let largest = values.reduce(0) { max($0, abs($1)) }
    // A value that is not finite stays so with any factor.
    var factor: Float = 1
    if largest.isFinite, largest > 0 {
      factor = Float(
        sign: .plus, exponent: min(126, max(-126, 14 - largest.exponent)), significand: 1)
    }
    let scaled = values.map { $0 * factor }
    var halves = [UInt16](repeating: 0, count: values.count)
    halves.withUnsafeMutableBufferPointer { target in
      if let base = target.baseAddress { ck_float_to_half(scaled, base, scaled.count) }
    }
    return withUnsafeBytes(of: factor) { Array($0) } + halves.withUnsafeBytes { Array($0) }
  }

  /// Reads the values of a message into the start of an array, which has room for them.
  package static func read(_ bytes: [UInt8], into values: inout [Float]) {
    let size = MemoryLayout<Float>.size
    guard bytes.count >= size else { return }
    let count = min(values.count, (bytes.count - size) / 2)
    let halves = [UInt16](unsafeUninitializedCapacity: count) { target, filled in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[size..<size + 2 * count]))
      }
      filled = count
    }
    values.withUnsafeMutableBufferPointer { target in
      if let base = target.baseAddress { ck_half_to_float(halves, base, count) }
    }
    let factor = bytes.withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
    for place in 0..<count { values[place] /= factor }
  }
}
