import CImageCodecs
import Files
import Foundation

/// Picture files: their headers, their pixels, and writing them.
///
/// ``PictureFile`` reads the samples exactly as they are stored, with everything that is kept in the file
/// that is written; here they become values of 0...1.
///
/// Every file is treated as hostile. Its format is detected from its content. Its size is checked against
/// `ImageLimits` and against the available bytes before memory is allocated. Damage is an error and never yields a
/// partial picture.
public enum ImageFile {
  /// The header of a picture from its bytes; its pixels aren't touched.
  ///
  /// - Parameter path: where the bytes came from, for messages only.
  /// - Throws: `FileError`.
  public static func header(
    ofBytes bytes: [UInt8], path: String, limits: ImageLimits = .standard
  ) throws -> ImageHeader {
    try parsedHeader(bytes[...], path: path, limits: limits).header
  }

  /// The header of a picture from its bytes; its pixels aren't touched.
  ///
  /// - Parameter path: where the bytes came from, for messages only.
  /// - Throws: `FileError`.
  public static func header(
    ofBytes bytes: Data, path: String, limits: ImageLimits = .standard
  ) throws -> ImageHeader {
    // Headers end early: most files need one small copy.
    var prefix = min(bytes.count, firstRead)
    while true {
      let parsed = try HeaderParser.parse(
        HeaderBytes([UInt8](bytes.prefix(prefix))[...]), isWhole: prefix == bytes.count, path: path,
        limits: limits)
      // What turns a PNG may follow its pixels.
      if let parsed, parsed.header.format != .png || prefix == bytes.count { return parsed.header }
      guard prefix < bytes.count else { throw headerTruncated(path: path, byteCount: bytes.count) }
      prefix = parsed == nil ? min(bytes.count, prefix * 4) : bytes.count
    }
  }

  /// The header of a picture file, reading no more of the file than it needs.
  ///
  /// - Throws: `FileError`.
  public static func header(
    at path: String, limits: ImageLimits = .standard
  ) throws -> ImageHeader {
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumBytes, adviceIfTooLarge: adviceIfTooLarge)
    return try readHeader(of: file, path: path, limits: limits).header
  }

  /// The format of a file by its first bytes; nil for a file that is no picture.
  ///
  /// - Throws: `FileError` for a file that cannot be read.
  static func format(of path: String) throws -> ImageFormat? {
    let file = try BoundedFile(path: path, maximumBytes: .max)
    return ImageFormat(
      signatureOf: try file.bytes(upTo: min(file.size, ImageFormat.signatureLength)))
  }

  /// Decodes a whole picture, upright, from a file's bytes.
  ///
  /// - Parameter path: where the bytes came from, for messages only.
  /// - Returns: 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels, values 0...1; of samples of 8 and 16
  ///   bits the full range, of others the smallest to the largest; EXIF orientation applied; no colour
  ///   profile or gamma applied.
  /// - Throws: `FileError`; data that end early, and numbers that are not finite, are an error.
  public static func decode(
    _ bytes: Data, path: String, limits: ImageLimits = .standard
  ) throws -> Image {
    guard bytes.count <= limits.maximumBytes else {
      throw FileError.tooManyBytes(
        path: path, byteCount: bytes.count, limit: limits.maximumBytes, advice: adviceIfTooLarge)
    }
    return try decode([UInt8](bytes), path: path, limits: limits)
  }

  /// Reads and decodes a picture file, upright; see `decode(_:path:limits:)`.
  ///
  /// - Throws: `FileError`.
  public static func read(_ path: String, limits: ImageLimits = .standard) throws -> Image {
    try PictureFile.read(path, keepsMetadata: false, limits: limits).finiteImage(path: path)
  }

  static let firstRead = 64 * 1024
  static let adviceIfTooLarge = "shrink or recompress the picture first, \(FileLimit.bytes.advice)"

  static func readHeader(
    of file: BoundedFile, page: Int = 1, path: String, limits: ImageLimits
  ) throws -> ParsedHeader {
    var count = min(file.size, firstRead)
    while true {
      let bytes = try file.bytes(upTo: count)
      if ImageFormat(signatureOf: bytes) == .tiff {
        // The directory may lie anywhere; libtiff reads it where it is.
        let parsed = try TIFFHeaderParser.parse(
          .file(file), page: page, isWhole: true, path: path, limits: limits)
        guard let parsed else { throw headerTruncated(path: path, byteCount: file.size) }
        return parsed
      }
      let parsed = try HeaderParser.parse(
        HeaderBytes(bytes[...]), page: page, isWhole: count == file.size, path: path,
        limits: limits)
      if let parsed {
        guard parsed.header.format == .png, count < file.size else { return parsed }
        return parsed.turned(by: try PNGHeaderParser.orientation(of: file))
      }
      guard count < file.size else { throw headerTruncated(path: path, byteCount: bytes.count) }
      count = min(file.size, count * 4)
    }
  }

  static func parsedHeader(
    _ bytes: ArraySlice<UInt8>, page: Int = 1, path: String, limits: ImageLimits
  ) throws -> ParsedHeader {
    let parsed = try HeaderParser.parse(
      HeaderBytes(bytes), page: page, isWhole: true, path: path, limits: limits)
    guard let parsed else { throw headerTruncated(path: path, byteCount: bytes.count) }
    return parsed
  }

  static func decode(
    _ bytes: [UInt8], path: String, limits: ImageLimits
  ) throws -> Image {
    try PictureFile.decode(bytes, keepsMetadata: false, path: path, limits: limits)
      .finiteImage(path: path)
  }

  static func decodingError(
    _ status: ImageCodecStatus, format: ImageFormat, message: String, path: String
  ) -> FileError {
    let name = format.name
    switch status {
    case ImageCodecTruncated:
      return FileError(
        kind: .truncated, path: path, reason: "the \(name) is cut short (\(message))",
        advice: "copy the file again from its source")
    case ImageCodecUnsupported:
      return HeaderParser.unsupported(path, "this kind of \(name) isn't decoded (\(message))")
    case ImageCodecOutOfMemory:
      return FileError(
        kind: .unreadable, path: path, reason: "not enough memory to decode it (\(message))",
        advice: "shrink the picture or free memory")
    default:
      return HeaderParser.corrupt(path, "the \(name) is damaged (\(message))")
    }
  }

  static func headerTruncated(path: String, byteCount: Int) -> FileError {
    FileError(
      kind: .truncated, path: path,
      reason: "the file ends within the picture's header, after \(byteCount) bytes",
      advice: "copy the file again from its source")
  }
}
