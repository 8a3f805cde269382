import Files

/// Reads a PNG's header: the chunks before its pixels (ISO/IEC 15948).
enum PNGHeaderParser {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The bit depths that each colour type may have.
  private static let bitDepths: [Int: Set<Int>] = [
    0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
  ]
  /// Deflate's best: a two-bit code for 258 bytes.
  private static let largestCompressionRatio = 1032
  /// Chunks beyond are not looked at for the orientation; libpng writes the pixels of 8 gigabytes in so many.
  private static let mostChunks = 1 << 20
  /// An orientation lies in the first bytes of larger blocks, or it is not found.
  private static let largestExif = 1 << 20

  static func parse(_ bytes: HeaderBytes, path: String, limits: ImageLimits) throws -> ParsedHeader?
  {
    guard bytes.count >= 33 else { return nil }
    guard bytes.unsigned32(at: 8) == 13, bytes.matches("IHDR", at: 12),
      let width = bytes.unsigned32(at: 16), let height = bytes.unsigned32(at: 20),
      let bitDepth = bytes.byte(at: 24), let colorType = bytes.byte(at: 25),
      let compression = bytes.byte(at: 26), let filter = bytes.byte(at: 27),
      let interlace = bytes.byte(at: 28)
    else { throw HeaderParser.corrupt(path, "the PNG doesn't begin with a header chunk") }

    try HeaderParser.check(width: width, height: height, path: path, limits: limits)
    guard width <= Int(Int32.max), height <= Int(Int32.max),
      bitDepths[colorType]?.contains(bitDepth) == true
    else {
      throw HeaderParser.corrupt(
        path, "no PNG has colour type \(colorType) with \(bitDepth) bits")
    }
    guard compression == 0, filter == 0, interlace <= 1 else {
      throw HeaderParser.unsupported(
        path,
        "unknown PNG compression \(compression), filter \(filter) or interlace \(interlace)")
    }

    guard let (hasTransparency, orientation) = try scan(bytes, colorType: colorType, path: path)
    else { return nil }
    let storedChannels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1
    let colorChannels = [0: 1, 2: 3, 3: 3, 4: 2, 6: 4][colorType] ?? 1
    let sideways = orientation >= 5
    let (bits, overflow) = (storedChannels * bitDepth).multipliedReportingOverflow(
      by: width * height)
    return ParsedHeader(
      header: ImageHeader(
        format: .png, width: sideways ? height : width, height: sideways ? width : height,
        channels: colorChannels + (hasTransparency ? 1 : 0), bitDepth: bitDepth,
        orientation: orientation),
      storedWidth: width, storedHeight: height,
      minimumBytes: overflow ? Int.max : bits / 8 / largestCompressionRatio,
      type: bitDepth == 16 ? .unsigned16 : .unsigned8, significantBits: bitDepth == 16 ? 16 : 8)
  }

  /// The orientation of a PNG, 1 to 8, whose header can be read; only the beginnings of its chunks are read.
  ///
  /// - Throws: `FileError` for a file that cannot be read.
  static func orientation(of file: BoundedFile) throws -> Int {
    var offset = 33
    var orientation = 1
    for _ in 0..<mostChunks where file.size - offset >= 8 {
      let chunk = HeaderBytes(try file.bytes(from: offset, count: 8)[...])
      guard let length = chunk.unsigned32(at: 0), length <= file.size - offset - 8,
        !chunk.matches("IEND", at: 4)
      else { break }
      if chunk.matches("eXIf", at: 4), length > 0 {
        orientation = ExifOrientation.parse(
          HeaderBytes(try file.bytes(from: offset + 8, count: min(length, largestExif))[...]))
      }
      offset += 12 + length
    }
    return orientation
  }

  /// Walks the chunks for transparency (tRNS), which precedes the pixels, and orientation (eXIf), which may follow them.
  ///
  /// A prefix of a file that ends within or behind its pixels has the orientation that precedes them; see
  /// ``orientation(of:)``.
  private static func scan(
    _ bytes: HeaderBytes, colorType: Int, path: String
  ) throws -> (hasTransparency: Bool, orientation: Int)? {
    var offset = 33
    var hasTransparency = false
    var orientation = 1
    var hasPixels = false
    while let length = bytes.unsigned32(at: offset), bytes.count - offset >= 8 {
      guard length <= Int(Int32.max) else {
        throw HeaderParser.corrupt(path, "a PNG chunk claims \(length) bytes")
      }
      if bytes.matches("IDAT", at: offset + 4) {
        hasPixels = true
      } else if bytes.matches("IEND", at: offset + 4) {
        guard hasPixels else { throw HeaderParser.corrupt(path, "the PNG holds no pixels") }
        break
      } else if bytes.matches("tRNS", at: offset + 4), !hasPixels {
        hasTransparency = [0, 2, 3].contains(colorType) && length > 0
      } else if bytes.matches("eXIf", at: offset + 4) {
        guard let exif = bytes.slice(at: offset + 8, count: length) else { break }
        orientation = ExifOrientation.parse(exif)
      }
      offset += 12 + length
    }
    return hasPixels ? (hasTransparency, orientation) : nil
  }
}
