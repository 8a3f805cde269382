import Files

/// A header with what decoding needs beside it.
struct ParsedHeader {
  var header: ImageHeader
  /// Columns as stored, before rotation.
  var storedWidth: Int
  /// Rows as stored, before rotation.
  var storedHeight: Int
  /// The fewest bytes that any file of this size can have, or 0 where none can be said.
  ///
  /// A file below it is truncated or lies about its size; it is refused before the claimed
  /// pixels take memory.
  var minimumBytes: Int
}

/// Reads the headers of picture files from their first bytes.
enum HeaderParser {
  /// The header, or nil when the bytes end inside it.
  ///
  /// - Throws: `FileError` of kind `unknownFormat`, `empty`, `tooLarge`, `corrupt` or
  ///   `unsupported`.
  static func parse(_ bytes: HeaderBytes, path: String, limits: ImageLimits) throws -> ParsedHeader?
  {
    let parsed: ParsedHeader?
    if bytes.matches(PNGHeaderParser.signature) {
      parsed = try PNGHeaderParser.parse(bytes, path: path, limits: limits)
    } else if bytes.matches([0xFF, 0xD8, 0xFF]) {
      parsed = try JPEGHeaderParser.parse(bytes, path: path, limits: limits)
    } else {
      throw FileError(
        kind: .unknownFormat, path: path,
        reason: bytes.count == 0
          ? "the file is empty" : "the content is neither a PNG nor a JPEG picture",
        advice: "give a PNG or JPEG file")
    }
    return parsed
  }

  /// Checks a stored size against 0 and the limits.
  static func check(width: Int, height: Int, path: String, limits: ImageLimits) throws {
    guard width > 0, height > 0 else {
      throw FileError(
        kind: .empty, path: path, reason: "the picture is \(width)x\(height), with no pixel",
        advice: "give a picture of at least 1x1")
    }
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= limits.maximumPixels else {
      throw FileError(
        kind: .tooLarge, path: path,
        reason: "the picture claims \(width)x\(height) pixels, over the limit of "
          + "\(limits.maximumPixels)",
        advice: "shrink or crop it first")
    }
  }

  static func corrupt(_ path: String, _ reason: String) -> FileError {
    FileError(
      kind: .corrupt, path: path, reason: reason, advice: "export the picture again")
  }

  static func unsupported(_ path: String, _ reason: String) -> FileError {
    FileError(
      kind: .unsupported, path: path, reason: reason,
      advice: "convert it to a PNG or an ordinary 8-bit JPEG")
  }
}
