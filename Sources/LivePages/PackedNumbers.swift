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
/// A block's factor is its largest magnitude divided by 32,767. The error of a number is then at most 1/65,534 of the
/// largest one of its block. For the weights of a layer, which are about equally large, that is eight times as exact as
/// 16-bit floating point and takes the same place.
package struct PackedNumbers: Sendable {
  /// The numbers, little-endian.
  package let numbers: Data
  /// The blocks' factors as 32-bit floating point; empty with full precision.
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
    var scales: [Float] = []
    var (start, number) = (0, 0)
    while start < values.count {
      let end = min(values.count, start + max(1, blocks[number % blocks.count]))
      let largest = values[start..<end].reduce(0) { max($0, abs($1)) }
      let factor = largest > 0 ? largest / 32_767 : 1
      scales.append(factor)
      for value in values[start..<end] {
        integers.append(Int16(max(-32_767, min(32_767, (value / factor).rounded()))))
      }
      (start, number) = (end, number + 1)
    }
    numbers = integers.withUnsafeBytes { Data($0) }
    factors = Self.bytes(scales)
  }

  /// The bytes of 32-bit numbers.
  package static func bytes(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }
}
