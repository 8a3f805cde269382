/// The 64-bit FNV-1a hash of the bits of numbers: the same on every machine, and no protection against intent.
///
/// Fowler, Noll and Vo, <http://www.isthe.com/chongo/tech/comp/fnv/>. The 32 bits of a number are taken at once, not byte
/// by byte.
package struct FNVHash: Sendable {
  /// The hash of all numbers so far.
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The hash of no numbers.
  package init() {}

  /// Adds numbers in order.
  package mutating func add(_ values: [Float]) {
    for number in values { value = (value ^ UInt64(number.bitPattern)) &* 0x100_0000_01b3 }
  }
}

extension FNVHash: PlainGroupMessage {}
