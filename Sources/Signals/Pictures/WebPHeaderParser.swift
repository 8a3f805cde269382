import CImageCodecs
import Files

/// Reads a WebP's header and its chunks (RFC 9649).
enum WebPHeaderParser {
  static func parse(
    _ bytes: HeaderBytes, path: String, limits: ImageLimits
  ) throws -> ParsedHeader? {
    var message = CodecMessage()
    var size = ImageCodecSize()
    let status = message.capture { text, capacity in
      bytes.withUnsafeBytes {
        image_codecs_describe_webp($0, $1, &size, text, capacity)
      }
    }
    if status == ImageCodecTruncated { return nil }
    guard status == ImageCodecSucceeded else {
      throw ImageFile.decodingError(status, format: .webp, message: message.text, path: path)
    }
    let (width, height) = (Int(size.width), Int(size.height))
    try HeaderParser.check(width: width, height: height, path: path, limits: limits)
    // The EXIF chunk follows the pixels, so the header's orientation needs the whole file; what a
    // prefix lacks is upright, and decoding looks at all bytes.
    let orientation = chunk("EXIF", in: bytes).map(orientation(of:)) ?? 1
    let sideways = orientation >= 5
    return ParsedHeader(
      header: ImageHeader(
        format: .webp, width: sideways ? height : width, height: sideways ? width : height,
        channels: Int(size.channels), bitDepth: 8, orientation: orientation),
      storedWidth: width, storedHeight: height, minimumBytes: 0)
  }

  private static func orientation(of exif: HeaderBytes) -> Int {
    // Some programs put JPEG's prefix before it.
    guard exif.matches(ExifOrientation.mark), let tiff = exif.slice(at: 6, count: exif.count - 6)
    else {
      return ExifOrientation.parse(exif)
    }
    return ExifOrientation.parse(tiff)
  }

  /// The contents of the first chunk of a name, where it is there and whole.
  static func chunk(_ name: StaticString, in bytes: HeaderBytes) -> HeaderBytes? {
    var offset = 12
    while let length = bytes.unsigned32(at: offset + 4, littleEndian: true) {
      if bytes.matches(name, at: offset) { return bytes.slice(at: offset + 8, count: length) }
      offset += 8 + length + length % 2
    }
    return nil
  }

  /// A WebP of one lossless picture with a colour profile or EXIF: the extended layout.
  ///
  /// - Parameter simple: the file as libwebp writes it, with one VP8L chunk.
  static func file(
    _ simple: [UInt8], profile: [UInt8]?, exif: [UInt8]?, width: Int, height: Int, hasAlpha: Bool
  ) -> [UInt8] {
    func little(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      Array(name.utf8) + little(content.count, 4) + content
        + [UInt8](repeating: 0, count: content.count % 2)
    }
    let flags: UInt8 =
      (profile == nil ? 0 : 0x20) | (hasAlpha ? 0x10 : 0) | (exif == nil ? 0 : 0x08)
    let body =
      chunk("VP8X", [flags, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
      + (profile.map { chunk("ICCP", $0) } ?? []) + simple.dropFirst(12)
      + (exif.map { chunk("EXIF", $0) } ?? [])
    return Array("RIFF".utf8) + little(body.count + 4, 4) + Array("WEBP".utf8) + body
  }
}
