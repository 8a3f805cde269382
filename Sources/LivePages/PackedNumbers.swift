import Foundation

/// Bits per number in a page.
public enum PagePrecision: String, Sendable, CaseIterable {
  /// 16 bits.
  case half
  /// 32 bits.
  case full
}

/// Numbers in the bytes of a page: 32-bit floating point, or 16-bit integers with one factor per block.
///
/// A block's factor is its largest magnitude divided by 32,767, rounded up to the upper 16 bits of its floating-point
/// form, which is less than 1% more. The error of a number is then at most 1/65,000 of the largest one of its block. For
/// the weights of a layer, which are about equally large, that is eight times as exact as 16-bit floating point and takes
/// the same place.
package struct PackedNumbers: Sendable {
  /// The numbers, little-endian.
  package let numbers: Data
  /// The upper 16 bits of the blocks' factors, little-endian; empty with full precision.
  package let factors: Data

  /// - Parameter blocks: the lengths of consecutive blocks, which are repeated to the end.
  package init(_ values: [Float], blocks: [Int], _ precision: PagePrecision) {
    guard precision == .half, !blocks.isEmpty else {
      numbers = Self.bytes(values)
      factors = Data()
      return
    }
    var integers: [Int16] = []
    integers.reserveCapacity(values.count)
    var scales: [UInt16] = []
    var (start, number) = (0, 0)
    while start < values.count {
      let end = min(values.count, start + max(1, blocks[number % blocks.count]))
      let largest = values[start..<end].reduce(0) { max($0, abs($1)) }
      let upper = Self.upperBits(largest > 0 ? largest / 32_767 : 1)
      let factor = Float(bitPattern: UInt32(upper) << 16)
      scales.append(upper)
      for value in values[start..<end] {
        integers.append(Int16(max(-32_767, min(32_767, (value / factor).rounded()))))
      }
      (start, number) = (end, number + 1)
    }
    numbers = integers.withUnsafeBytes { Data($0) }
    factors = scales.withUnsafeBytes { Data($0) }
  }

  /// The upper 16 bits of the smallest number at or above a positive one whose lower bits are 0.
  private static func upperBits(_ value: Float) -> UInt16 {
    UInt16(truncatingIfNeeded: (min(value, 1e38).bitPattern + 0xFFFF) >> 16)
  }

  /// The bytes of 32-bit numbers.
  package static func bytes(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }
}
