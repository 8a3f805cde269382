import CImageCodecs
import Foundation

extension PictureMetadata {
  /// Ancillary chunks that decoding uses, or that say nothing of the picture.
  private static let used: Set<String> = ["tRNS", "hIST", "tIME", "fcTL", "fdAT"]
  /// Chunks about colours, which stay as they are.
  private static let colors: Set<String> = ["gAMA", "cHRM", "sRGB", "cICP"]

  mutating func readPNG(_ bytes: HeaderBytes) {
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
      let type = String(decoding: name.array, as: UTF8.self)
      guard Int(sum) == checksum, let content = named.slice(at: 4, count: length) else {
        notes.append("the chunk '\(type)' has a wrong checksum and is passed over")
        continue
      }
      readPNGChunk(type, content)
    }
  }

  private mutating func readPNGChunk(_ type: String, _ content: HeaderBytes) {
    switch type {
    case "pHYs":
      guard let x = content.unsigned32(at: 0), let y = content.unsigned32(at: 4),
        let unit = content.byte(at: 8)
      else { return }
      resolution =
        unit == 1
        ? PictureResolution(x: Double(x) / 100, y: Double(y) / 100, unit: .centimetre)
        : PictureResolution(x: Double(x), y: Double(y), unit: .none)
    case "iCCP":
      guard let (_, rest) = Self.keyword(of: content),
        let stream = rest.slice(at: 1, count: rest.count - 1)
      else { return }
      profile = Deflate.inflated(stream, isRaw: false, limit: Self.largestProfile)
        .map { Data($0) }
      if profile == nil { notes.append("the colour profile is damaged and is passed over") }
    case "tEXt", "zTXt", "iTXt":
      guard let (keyword, rest) = Self.keyword(of: content) else { return drop(type) }
      keep(keyword, Self.text(of: rest, type))
    case "acTL":
      let count = content.unsigned32(at: 0) ?? 0
      if count > 1 { notes.append("this is the first picture of an animation of \(count) frames") }
    case "eXIf": keep(exif: content)
    case _ where Self.colors.contains(type):
      colorChunks = (colorChunks ?? Data()) + PNGChunk(type, payload: content.array).encoded
    case _ where Self.used.contains(type): break
    default: drop("the chunk '\(type)'")
    }
  }

  /// The keyword before the first zero, and what follows it.
  private static func keyword(of content: HeaderBytes) -> (String, HeaderBytes)? {
    guard let end = (0..<min(80, content.count)).first(where: { content.byte(at: $0) == 0 }),
      let keyword = content.slice(at: 0, count: end),
      let rest = content.slice(at: end + 1, count: content.count - end - 1)
    else { return nil }
    return (latin(keyword.array), rest)
  }

  /// The text behind a keyword; nil where it is damaged or too long.
  private static func text(of rest: HeaderBytes, _ type: String) -> String? {
    func inflated(_ stream: HeaderBytes?) -> [UInt8]? {
      stream.flatMap { Deflate.inflated($0, isRaw: false, limit: longestText) }
    }
    switch type {
    case "tEXt": return latin(rest.array)
    case "zTXt": return inflated(rest.slice(at: 1, count: rest.count - 1)).map(latin)
    default:
      // Whether it is compressed and how, the language, and the keyword in that language.
      guard let isCompressed = rest.byte(at: 0), rest.count >= 2 else { return nil }
      let zeros = (2..<rest.count).lazy.filter { rest.byte(at: $0) == 0 }.prefix(2)
      guard let last = Array(zeros).dropFirst().first else { return nil }
      let content = rest.slice(at: last + 1, count: rest.count - last - 1)
      let bytes = isCompressed == 0 ? content?.array : inflated(content)
      return bytes.flatMap { String(validating: $0, as: UTF8.self) }
    }
  }

  private static func latin(_ bytes: [UInt8]) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// The chunks that follow a PNG's header.
  static func pngChunks(of format: PictureFormat) -> [UInt8] {
    var bytes: [UInt8] = []
    if let chunks = format.colorChunks {
      // The profile says the same, and more exactly.
      bytes += PNGChunk.ancillary(
        in: chunks, of: format.profile == nil ? colors : colors.subtracting(["sRGB"]))
    }
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
    if let exif = format.exif { bytes += PNGChunk("eXIf", payload: [UInt8](exif)).encoded }
    for text in format.textsWithNote { bytes += pngChunk(text) }
    return bytes
  }

  private static func pngChunk(_ text: PictureText) -> [UInt8] {
    let keyword = text.keyword.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } + [0]
    if text.text.utf8.allSatisfy({ $0 < 128 }) && text.keyword != PictureText.xmp {
      return PNGChunk("tEXt", payload: keyword + Array(text.text.utf8)).encoded
    }
    // Neither compressed, nor in a language, nor with a translated keyword.
    return PNGChunk("iTXt", payload: keyword + [0, 0, 0, 0] + Array(text.text.utf8)).encoded
  }
}

extension PictureFormat {
  /// The texts, and the note as one of them, where there is room for no note.
  var textsWithNote: [PictureText] {
    let own = texts ?? []
    guard let note, text(PictureText.description) == nil,
      let description = PictureText(PictureText.description, note)
    else { return own }
    return own + [description]
  }
}
