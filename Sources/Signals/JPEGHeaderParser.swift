/// Reads a JPEG's header: the marker segments up to its frame (ITU-T T.81, annex B).
enum JPEGHeaderParser {
  /// Names of the frame types that libjpeg doesn't decode.
  private static let unsupportedFrames: [Int: String] = [
    0xC3: "lossless", 0xC5: "hierarchical", 0xC6: "hierarchical", 0xC7: "hierarchical lossless",
    0xCB: "lossless arithmetic-coded", 0xCD: "hierarchical arithmetic-coded",
    0xCE: "hierarchical arithmetic-coded", 0xCF: "hierarchical lossless arithmetic-coded",
  ]

  static func parse(_ bytes: HeaderBytes, path: String, limits: ImageLimits) throws -> ParsedHeader?
  {
    var offset = 2
    var orientation: Int?
    while true {
      guard let lead = bytes.byte(at: offset) else { return nil }
      guard lead == 0xFF else {
        throw HeaderParser.corrupt(path, "no JPEG marker where one must be, at byte \(offset)")
      }
      guard let marker = bytes.byte(at: offset + 1) else { return nil }
      if marker == 0xFF {  // a fill byte
        offset += 1
        continue
      }
      if marker == 0x01 || (0xD0...0xD7).contains(marker) {  // markers without a segment
        offset += 2
        continue
      }
      guard marker != 0xD8, marker != 0xD9, marker != 0xDA, marker != 0 else {
        throw HeaderParser.corrupt(path, "the JPEG's pixels begin, or end, before their size")
      }
      guard let length = bytes.unsigned16(at: offset + 2) else { return nil }
      guard length >= 2 else {
        throw HeaderParser.corrupt(path, "a JPEG segment claims \(length) bytes")
      }
      guard let segment = bytes.slice(at: offset + 4, count: length - 2) else { return nil }
      if let name = unsupportedFrames[marker] {
        throw HeaderParser.unsupported(path, "a \(name) JPEG isn't decoded")
      }
      if [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(marker) {
        return try frame(
          segment, arithmetic: marker >= 0xC9, orientation: orientation ?? 1, path: path,
          limits: limits)
      }
      if marker == 0xE1, orientation == nil, segment.matches(ExifOrientation.mark),
        let tiff = segment.slice(at: 6, count: segment.count - 6)
      {
        orientation = ExifOrientation.parse(tiff)
      }
      offset += 2 + length
    }
  }

  private static func frame(
    _ segment: HeaderBytes, arithmetic: Bool, orientation: Int, path: String, limits: ImageLimits
  ) throws -> ParsedHeader {
    guard let precision = segment.byte(at: 0), let height = segment.unsigned16(at: 1),
      let width = segment.unsigned16(at: 3), let components = segment.byte(at: 5)
    else { throw HeaderParser.corrupt(path, "the JPEG's frame header is too short") }
    try HeaderParser.check(width: width, height: height, path: path, limits: limits)
    guard precision == 8 else {
      throw HeaderParser.unsupported(path, "a JPEG of \(precision) bits a sample isn't decoded")
    }
    guard [1, 3, 4].contains(components) else {
      throw HeaderParser.unsupported(path, "a JPEG of \(components) components isn't decoded")
    }
    let sideways = orientation >= 5
    return ParsedHeader(
      header: ImageHeader(
        format: .jpeg, width: sideways ? height : width, height: sideways ? width : height,
        channels: components == 1 ? 1 : 3, bitDepth: precision, orientation: orientation),
      storedWidth: width, storedHeight: height,
      // A Huffman code spends at least one bit on each block of 8x8 pixels.
      minimumBytes: arithmetic ? 0 : width * height / 512)
  }
}
