/// Builds PNG files byte by byte: every sample layout, and every kind of damage.
///
/// Pixels are stored, not compressed, so that nothing but arithmetic is needed.
public struct PNGBuilder {
  /// The colour types of ISO/IEC 15948.
  public enum ColorType: UInt8, Sendable, CaseIterable {
    /// One grey sample a pixel.
    case grey = 0
    /// Red, green, blue.
    case rgb = 2
    /// One index into a palette.
    case palette = 3
    /// Grey and alpha.
    case greyAlpha = 4
    /// Red, green, blue and alpha.
    case rgba = 6

    /// Samples stored for a pixel.
    public var samples: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }
  }

  /// The eight bytes that every PNG begins with.
  public static let signature: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]

  /// The file so far.
  public private(set) var bytes: [UInt8]

  /// Begins a file with the signature and a header, whose numbers are taken as they are.
  public init(
    width: UInt32, height: UInt32, bitDepth: UInt8, colorType: UInt8, interlace: UInt8 = 0
  ) {
    bytes = Self.signature
    append("IHDR", bigEndian(width) + bigEndian(height) + [bitDepth, colorType, 0, 0, interlace])
  }

  /// Appends a chunk with its length and checksum, the latter spoiled on demand.
  public mutating func append(_ name: String, _ content: [UInt8] = [], spoiled: Bool = false) {
    let named = Array(name.utf8) + content
    let checksum = crc32(named) ^ (spoiled ? 1 : 0)
    bytes += bigEndian(UInt32(content.count)) + named + bigEndian(checksum)
  }

  /// Appends bytes as they are.
  public mutating func append(raw: [UInt8]) { bytes += raw }

  /// A whole PNG from samples.
  ///
  /// - Parameters:
  ///   - samples: `[height, width, colorType.samples]`, each below 2 to the power of `bitDepth`.
  ///   - palette: red, green, blue of each entry (PLTE).
  ///   - transparency: the bytes of a tRNS chunk.
  ///   - extra: chunks placed between the header and the pixels.
  public static func file(
    width: Int, height: Int, bitDepth: Int, colorType: ColorType, samples: [Int],
    interlaced: Bool = false, palette: [UInt8] = [], transparency: [UInt8] = [],
    extra: [(name: String, content: [UInt8])] = []
  ) -> [UInt8] {
    var builder = PNGBuilder(
      width: UInt32(width), height: UInt32(height), bitDepth: UInt8(bitDepth),
      colorType: colorType.rawValue, interlace: interlaced ? 1 : 0)
    for chunk in extra { builder.append(chunk.name, chunk.content) }
    if !palette.isEmpty { builder.append("PLTE", palette) }
    if !transparency.isEmpty { builder.append("tRNS", transparency) }
    builder.append(
      "IDAT",
      zlibStored(
        scanlines(
          width: width, height: height, bitDepth: bitDepth, perPixel: colorType.samples,
          samples: samples, interlaced: interlaced)))
    builder.append("IEND")
    return builder.bytes
  }

  /// Bytes as a zlib stream of stored blocks (RFC 1950 and 1951).
  public static func zlibStored(_ content: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    var position = 0
    repeat {
      let count = min(content.count - position, 65535)
      let isLast = position + count == content.count
      let length = UInt16(count)
      result += [isLast ? 1 : 0] + littleEndian(length) + littleEndian(~length)
      result += content[position..<position + count]
      position += count
    } while position < content.count
    return result + bigEndian(adler32(content))
  }

  /// Unfiltered rows, each after its filter byte; interlaced, those of the seven Adam7 passes.
  private static func scanlines(
    width: Int, height: Int, bitDepth: Int, perPixel: Int, samples: [Int], interlaced: Bool
  ) -> [UInt8] {
    precondition(samples.count == width * height * perPixel, "samples don't fit the size")
    let passes: [(x: Int, y: Int, stepX: Int, stepY: Int)] =
      interlaced
      ? [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ] : [(0, 0, 1, 1)]
    var result: [UInt8] = []
    for pass in passes where pass.x < width {
      for y in stride(from: pass.y, to: height, by: pass.stepY) {
        var row: [Int] = []
        for x in stride(from: pass.x, to: width, by: pass.stepX) {
          let start = (y * width + x) * perPixel
          row += samples[start..<start + perPixel]
        }
        result.append(0)
        result += packed(row, bitDepth: bitDepth)
      }
    }
    return result
  }

  private static func packed(_ samples: [Int], bitDepth: Int) -> [UInt8] {
    if bitDepth == 16 { return samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
    let perByte = 8 / bitDepth
    var bytes = [UInt8](repeating: 0, count: (samples.count + perByte - 1) / perByte)
    for (index, sample) in samples.enumerated() {
      let shift = 8 - bitDepth * (index % perByte + 1)
      bytes[index / perByte] |= UInt8(sample << shift)
    }
    return bytes
  }
}

private func bigEndian(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

private func littleEndian(_ value: UInt16) -> [UInt8] {
  [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
}

/// CRC-32 as in PNG and zip files, by its definition.
public func crc32(_ bytes: [UInt8]) -> UInt32 {
  var crc = UInt32.max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 {
      let shifted = crc >> 1
      crc = crc & 1 == 1 ? shifted ^ 0xEDB8_8320 : shifted
    }
  }
  return ~crc
}

private func adler32(_ bytes: [UInt8]) -> UInt32 {
  var a: UInt32 = 1
  var b: UInt32 = 0
  for byte in bytes {
    a = (a + UInt32(byte)) % 65521
    b = (b + a) % 65521
  }
  return b << 16 | a
}
