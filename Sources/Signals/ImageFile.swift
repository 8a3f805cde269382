import CImageCodecs
import Files
import Foundation

/// Picture files: their headers, their pixels, and writing them.
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
        HeaderBytes([UInt8](bytes.prefix(prefix))[...]), path: path, limits: limits)
      if let parsed { return parsed.header }
      guard prefix < bytes.count else { throw headerTruncated(path: path, byteCount: bytes.count) }
      prefix = min(bytes.count, prefix * 4)
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

  /// Decodes a whole picture, upright, from a file's bytes.
  ///
  /// - Parameter path: where the bytes came from, for messages only.
  /// - Returns: 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels, values 0...1; 16-bit
  ///   samples at full precision; EXIF orientation applied; no colour profile or gamma applied.
  /// - Throws: `FileError`; data that end early are an error.
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
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumBytes, adviceIfTooLarge: adviceIfTooLarge)
    // A gigabyte that isn't a picture is refused on its first bytes.
    _ = try readHeader(of: file, path: path, limits: limits)
    return try decode(file.bytes(upTo: file.size), path: path, limits: limits)
  }

  private static let firstRead = 64 * 1024
  private static let adviceIfTooLarge = "shrink or recompress the picture first"

  private static func readHeader(
    of file: BoundedFile, path: String, limits: ImageLimits
  ) throws -> ParsedHeader {
    var count = min(file.size, firstRead)
    while true {
      let bytes = try file.bytes(upTo: count)
      if let parsed = try HeaderParser.parse(HeaderBytes(bytes[...]), path: path, limits: limits) {
        return parsed
      }
      guard count < file.size else { throw headerTruncated(path: path, byteCount: bytes.count) }
      count = min(file.size, count * 4)
    }
  }

  private static func parsedHeader(
    _ bytes: ArraySlice<UInt8>, path: String, limits: ImageLimits
  ) throws -> ParsedHeader {
    let parsed = try HeaderParser.parse(HeaderBytes(bytes), path: path, limits: limits)
    guard let parsed else { throw headerTruncated(path: path, byteCount: bytes.count) }
    return parsed
  }

  static func decode(
    _ bytes: [UInt8], path: String, limits: ImageLimits
  ) throws -> Image {
    let parsed = try parsedHeader(bytes[...], path: path, limits: limits)
    guard bytes.count >= parsed.minimumBytes else {
      throw FileError(
        kind: .truncated, path: path,
        reason: "\(bytes.count) bytes cannot hold the \(parsed.storedWidth)x"
          + "\(parsed.storedHeight) pixels that the header claims",
        advice: "copy the file again from its source")
    }
    let values = try decodedValues(bytes, parsed: parsed, path: path)
    let stored = Image(
      width: parsed.storedWidth, height: parsed.storedHeight, channels: parsed.header.channels,
      values: values)
    return stored.upright(fromOrientation: parsed.header.orientation)
  }

  private static func decodedValues(
    _ bytes: [UInt8], parsed: ParsedHeader, path: String
  ) throws -> [Float] {
    let channels = parsed.header.channels
    let size = ImageCodecSize(
      width: UInt32(parsed.storedWidth), height: UInt32(parsed.storedHeight),
      channels: UInt32(channels))
    let count = parsed.storedWidth * parsed.storedHeight * channels
    let decoder =
      parsed.header.format == .png ? image_codecs_decode_png : image_codecs_decode_jpeg
    var message = CodecMessage()
    var status = ImageCodecSucceeded
    // Uninitialized, so that pages are touched only as far as the data really reach.
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      status = message.capture { text, capacity in
        bytes.withUnsafeBufferPointer { input in
          decoder(input.baseAddress, input.count, size, buffer.baseAddress, text, capacity)
        }
      }
      initializedCount = status == ImageCodecSucceeded ? count : 0
    }
    guard status == ImageCodecSucceeded else {
      throw decodingError(status, format: parsed.header.format, message: message.text, path: path)
    }
    return values
  }

  private static func decodingError(
    _ status: ImageCodecStatus, format: ImageFormat, message: String, path: String
  ) -> FileError {
    let name = format == .png ? "PNG" : "JPEG"
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

  private static func headerTruncated(path: String, byteCount: Int) -> FileError {
    FileError(
      kind: .truncated, path: path,
      reason: "the file ends within the picture's header, after \(byteCount) bytes",
      advice: "copy the file again from its source")
  }
}
