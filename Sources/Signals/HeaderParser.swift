import CImageCodecs
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
  /// The type of the decoded samples.
  var type = SampleType.unsigned8
  /// Bits of a sample that carry something.
  var significantBits = 8
  /// What else a TIFF says.
  var tiff: ImageCodecTIFFPage?
  /// Where a NumPy array's numbers lie.
  var numpy: NumpyHeader?
  /// The pictures in the file, without thumbnails.
  var pictureCount = 1
  /// The bytes that hold the array, if they are not the file's own.
  var extracted: [UInt8]?

  /// The header of the same picture with another orientation, 1 to 8.
  func turned(by orientation: Int) -> ParsedHeader {
    var turned = self
    let isSideways = orientation >= 5
    turned.header = ImageHeader(
      format: header.format, width: isSideways ? storedHeight : storedWidth,
      height: isSideways ? storedWidth : storedHeight, channels: header.channels,
      bitDepth: header.bitDepth, orientation: orientation)
    return turned
  }
}

/// Reads the headers of picture files from their first bytes.
enum HeaderParser {
  /// The header, or nil when the bytes end inside it.
  ///
  /// - Parameters:
  ///   - page: of a file of several pictures the one to read, counted from 1.
  ///   - isWhole: the bytes are the whole file.
  /// - Throws: `FileError` of kind `unknownFormat`, `empty`, `tooLarge`, `corrupt` or
  ///   `unsupported`.
  static func parse(
    _ bytes: HeaderBytes, page: Int = 1, isWhole: Bool, path: String, limits: ImageLimits
  ) throws -> ParsedHeader? {
    let start = bytes.slice(at: 0, count: min(bytes.count, ImageFormat.signatureLength))?.array
    guard let format = ImageFormat(signatureOf: start ?? []) else {
      throw FileError(
        kind: .unknownFormat, path: path,
        reason: bytes.count == 0
          ? "the file is empty" : "the content is not that of a picture that is read here",
        advice: "give a \(ImageFormat.names) file")
    }
    switch format {
    case .tiff:
      return try TIFFHeaderParser.parse(
        .memory(bytes.slice), page: page, isWhole: isWhole, path: path, limits: limits)
    case .npz:
      return try NumpyArchive.parse(
        bytes, page: page, isWhole: isWhole, path: path, limits: limits)
    case .png, .jpeg, .webp, .npy:
      guard page == 1 else {
        throw FileError(
          kind: .unsupported, path: path,
          reason: "page \(page) was asked for, and a \(format.name) has one picture",
          advice: "omit the page")
      }
      return switch format {
      case .png: try PNGHeaderParser.parse(bytes, path: path, limits: limits)
      case .jpeg: try JPEGHeaderParser.parse(bytes, path: path, limits: limits)
      case .webp: try WebPHeaderParser.parse(bytes, path: path, limits: limits)
      default: try NumpyHeader.parse(bytes, format: .npy, path: path, limits: limits)
      }
    }
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
        advice: "shrink or crop it first, \(FileLimit.pixels.advice)")
    }
  }

  static func corrupt(_ path: String, _ reason: String) -> FileError {
    FileError(
      kind: .corrupt, path: path, reason: reason, advice: "export the picture again")
  }

  static func unsupported(_ path: String, _ reason: String) -> FileError {
    FileError(
      kind: .unsupported, path: path, reason: reason,
      advice: "convert it to a PNG, TIFF or an ordinary 8-bit JPEG")
  }
}
