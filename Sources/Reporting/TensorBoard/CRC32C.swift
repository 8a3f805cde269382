/// The checksum CRC-32C (Castagnoli; RFC 3720, appendix B.4), which TensorFlow's records carry.
package enum CRC32C {
  /// The reflected polynomial 0x1EDC6F41, for each byte.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1
    }
  }

  /// The checksum of bytes.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { value, byte in
      value >> 8 ^ table[Int((value ^ UInt32(byte)) & 0xff)]
    }
  }

  /// The checksum as records carry it: rotated and shifted, because a checksum of data that contain
  /// their own checksum is weak.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let checksum = checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
  }
}
