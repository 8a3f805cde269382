extension Checksums {
  /// A safetensors file with the length of its header corrected, which is in its first eight bytes.
  ///
  /// A mutation that makes the header longer or shorter is so still read as a header. The header ends with the brace that
  /// closes its first one; without one, nothing changes.
  static func safetensors(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return bytes }
    var (depth, isText, isEscaped) = (0, false, false)
    for place in 8..<bytes.count {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch bytes[place] {
      case UInt8(ascii: "\\") where isText: isEscaped = true
      case UInt8(ascii: "\""): isText.toggle()
      case UInt8(ascii: "{") where !isText: depth += 1
      case UInt8(ascii: "}") where !isText: depth -= 1
      default: break
      }
      guard depth == 0 else { continue }
      let length = place - 7
      for byte in 0..<8 { bytes[byte] = UInt8(length >> (8 * byte) & 0xff) }
      return bytes
    }
    return bytes
  }
}
