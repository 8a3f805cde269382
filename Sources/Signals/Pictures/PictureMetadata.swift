import CImageCodecs
import Foundation

/// What a file says beside its samples and stays true of a restored picture.
struct PictureMetadata {
  var profile: Data?
  var resolution: PictureResolution?
  var note: String?
  /// What was passed over, one line each.
  var notes: [String] = []

  /// Larger profiles are not kept.
  static let largestProfile = 16 << 20

  /// Reads a file's metadata; what is damaged is left out.
  ///
  /// - Parameter bytes: the whole file; of a TIFF, see `init(ofTIFF:page:)`.
  init(of bytes: [UInt8], _ format: ImageFormat) {
    switch format {
    case .png: readPNG(HeaderBytes(bytes[...]))
    case .jpeg: readJPEG(HeaderBytes(bytes[...]))
    case .webp:
      profile = WebPHeaderParser.chunk("ICCP", in: HeaderBytes(bytes[...]))
        .map { Data($0.array) }
    case .tiff, .npy, .npz: break
    }
  }

  // MARK: PNG

  private mutating func readPNG(_ bytes: HeaderBytes) {
    var offset = 8
    while let length = bytes.unsigned32(at: offset),
      let name = bytes.slice(at: offset + 4, count: 4),
      let named = bytes.slice(at: offset + 4, count: length + 4),
      let checksum = bytes.unsigned32(at: offset + 8 + length)
    {
      defer { offset += 12 + length }
      if name.matches("IEND", at: 0) { return }
      // A capital letter first: libpng has checked it.
      guard let first = name.byte(at: 0), first & 0x20 != 0 else { continue }
      let sum = named.withUnsafeBytes { image_codecs_checksum($0, $1) }
      guard Int(sum) == checksum, let content = named.slice(at: 4, count: length) else {
        let text = String(decoding: name.array, as: UTF8.self)
        notes.append("the chunk '\(text)' has a wrong checksum and is passed over")
        continue
      }
      if name.matches("pHYs", at: 0), let x = content.unsigned32(at: 0),
        let y = content.unsigned32(at: 4), let unit = content.byte(at: 8)
      {
        resolution =
          unit == 1
          ? PictureResolution(x: Double(x) / 100, y: Double(y) / 100, unit: .centimetre)
          : PictureResolution(x: Double(x), y: Double(y), unit: .none)
      } else if name.matches("iCCP", at: 0),
        let end = (0..<min(80, length)).first(where: { content.byte(at: $0) == 0 }),
        let stream = content.slice(at: end + 2, count: length - end - 2)
      {
        profile = Deflate.inflated(stream, isRaw: false, limit: Self.largestProfile)
          .map { Data($0) }
        if profile == nil { notes.append("the colour profile is damaged and is passed over") }
      }
    }
  }

  /// The chunks that follow a PNG's header.
  static func pngChunks(of format: PictureFormat) -> [UInt8] {
    var bytes: [UInt8] = []
    if let profile = format.profile, let stream = Deflate.deflated([UInt8](profile)) {
      // A name, its end, and the method of compression.
      bytes +=
        PNGChunk("iCCP", payload: Array("ICC profile".utf8) + [0, 0] + stream).encoded
    }
    if let resolution = format.resolution {
      let (x, y) = resolution.perMetre ?? (resolution.x, resolution.y)
      let limit = Double(Int32.max)
      let numbers = [x, y].map { UInt32(min(max($0.rounded(), 1), limit)) }
      var chunk = PNGChunk("pHYs", numbers: numbers)
      chunk.payload.append(resolution.perMetre == nil ? 0 : 1)
      bytes += chunk.encoded
    }
    return bytes
  }

  // MARK: JPEG

  private static let iccMark = Array("ICC_PROFILE\0".utf8)

  private mutating func readJPEG(_ bytes: HeaderBytes) {
    var offset = 2
    var parts: [Int: [UInt8]] = [:]
    var count = 0
    while bytes.byte(at: offset) == 0xFF, let marker = bytes.byte(at: offset + 1) {
      if marker == 0xFF || marker == 0x01 || (0xD0...0xD7).contains(marker) {
        offset += marker == 0xFF ? 1 : 2
        continue
      }
      guard marker != 0xDA, marker != 0xD9, let length = bytes.unsigned16(at: offset + 2),
        let segment = bytes.slice(at: offset + 4, count: length - 2)
      else { break }
      if marker == 0xE0, segment.matches(Array("JFIF\0".utf8)), let unit = segment.byte(at: 7),
        let x = segment.unsigned16(at: 8), let y = segment.unsigned16(at: 10),
        let known = PictureResolution.Unit(rawValue: unit + 1), known != .none || (x, y) != (1, 1)
      {
        resolution = PictureResolution(x: Double(x), y: Double(y), unit: known)
      } else if marker == 0xE2, segment.matches(Self.iccMark),
        let number = segment.byte(at: 12), let total = segment.byte(at: 13),
        let part = segment.slice(at: 14, count: segment.count - 14)
      {
        parts[number] = part.array
        count = total
      }
      offset += 2 + length
    }
    guard count > 0 else { return }
    let found = (1...count).compactMap { parts[$0] }
    if found.count == count {
      profile = Data(found.joined())
    } else {
      notes.append("the colour profile is incomplete and is passed over")
    }
  }

  /// A JPEG with a colour profile after its first segment.
  static func jpeg(_ encoded: [UInt8], with profile: Data) -> [UInt8] {
    let header = HeaderBytes(encoded[...])
    guard header.byte(at: 3) == 0xE0, let length = header.unsigned16(at: 4) else { return encoded }
    let piece = 65_519
    let count = (profile.count + piece - 1) / piece
    // The parts are numbered by one byte.
    guard (1...255).contains(count) else { return encoded }
    var segments: [UInt8] = []
    for part in 0..<count {
      let content = profile.dropFirst(part * piece).prefix(piece)
      let size = content.count + 16
      segments += [0xFF, 0xE2, UInt8(size >> 8), UInt8(size & 0xFF)] + iccMark
      segments += [UInt8(part + 1), UInt8(count)] + content
    }
    let place = 4 + length
    return encoded[..<place] + segments + encoded[place...]
  }

  // MARK: TIFF

  /// Reads the metadata of a page of a TIFF.
  init(ofTIFF bytes: PictureBytes, page: Int) {
    let index = UInt32(page - 1)
    (profile, note) = bytes.withCodecBytes { source -> (Data?, String?) in
      var profile: Data?
      var content: UnsafeMutablePointer<UInt8>?
      var count = 0
      if image_codecs_copy_tiff_profile(source, index, &content, &count) != 0, let content {
        if count <= Self.largestProfile { profile = Data(bytes: content, count: count) }
        free(content)
      }
      var note: String?
      var text: UnsafeMutablePointer<CChar>?
      if image_codecs_copy_tiff_description(source, index, &text) != 0, let text {
        note = Self.lastingNote(String(cString: text))
        free(text)
      }
      return (profile, note)
    }
  }

  /// What of a description stays true of one restored picture; nil where nothing does.
  ///
  /// ImageJ's names the unit of the resolution beside the number of slices and the range on display;
  /// OME's and tifffile's describe the layout of the file itself.
  private static func lastingNote(_ text: String) -> String? {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if trimmed.hasPrefix("ImageJ=") {
      let kept = ["ImageJ=", "unit=", "yunit=", "zunit=", "vunit=", "cf=", "c0=", "c1="]
      return trimmed.split(separator: "\n")
        .filter { line in kept.contains { line.hasPrefix($0) } }
        .map { $0 + "\n" }.joined()
    }
    let isLayout = trimmed.hasPrefix("{") || trimmed.hasPrefix("<") || trimmed.isEmpty
    return isLayout || trimmed.utf8.count > 1 << 16 ? nil : trimmed
  }
}
