/// A window on a file's first bytes that cannot be read out of bounds.
///
/// Every accessor returns nil past the end, so that a parser of hostile bytes has no index to get
/// wrong.
struct HeaderBytes {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var count: Int { bytes.count }

  func byte(at offset: Int) -> Int? {
    guard offset >= 0, offset < bytes.count else { return nil }
    return Int(bytes[bytes.startIndex + offset])
  }

  /// `count` bytes from `offset`, or nil where they aren't all there.
  func slice(at offset: Int, count: Int) -> HeaderBytes? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
      return nil
    }
    let start = bytes.startIndex + offset
    return HeaderBytes(bytes[start..<start + count])
  }

  func unsigned16(at offset: Int, littleEndian: Bool = false) -> Int? {
    guard let first = byte(at: offset), let second = byte(at: offset + 1) else { return nil }
    return littleEndian ? second << 8 | first : first << 8 | second
  }

  func unsigned32(at offset: Int, littleEndian: Bool = false) -> Int? {
    guard let first = unsigned16(at: offset, littleEndian: littleEndian),
      let second = unsigned16(at: offset + 2, littleEndian: littleEndian)
    else { return nil }
    return littleEndian ? second << 16 | first : first << 16 | second
  }

  func matches(_ expected: [UInt8], at offset: Int = 0) -> Bool {
    guard let found = slice(at: offset, count: expected.count) else { return false }
    return found.bytes.elementsEqual(expected)
  }

  /// A number of 8 bytes; nil also where it lies beyond what a file can have.
  func unsigned64(at offset: Int, littleEndian: Bool = false) -> Int? {
    guard let first = unsigned32(at: offset, littleEndian: littleEndian),
      let second = unsigned32(at: offset + 4, littleEndian: littleEndian)
    else { return nil }
    let (low, high) = littleEndian ? (first, second) : (second, first)
    return high < 1 << 30 ? high << 32 | low : nil
  }

  /// The bytes as a part of the array that they lie in.
  var slice: ArraySlice<UInt8> { bytes }

  /// The bytes as an array of their own.
  var array: [UInt8] { Array(bytes) }

  /// Calls `body` with the bytes where they lie.
  func withUnsafeBytes<Result>(_ body: (UnsafePointer<UInt8>?, Int) throws -> Result) rethrows
    -> Result
  {
    try bytes.withUnsafeBufferPointer { try body($0.baseAddress, $0.count) }
  }

  func matches(_ expected: StaticString, at offset: Int) -> Bool {
    matches(Array(expected.description.utf8), at: offset)
  }
}
