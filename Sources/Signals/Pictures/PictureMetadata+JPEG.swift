import Foundation

extension PictureMetadata {
  private static let iccMark = Array("ICC_PROFILE\0".utf8)
  private static let xmpMark = Array("http://ns.adobe.com/".utf8)
  /// Application segments that are known, or needed for decoding alone: JFIF and Adobe's colour transform.
  private static let technical: Set<Int> = [0xE0, 0xEE]

  mutating func readJPEG(_ bytes: HeaderBytes) {
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
      } else if marker == 0xE1, segment.matches(ExifOrientation.mark) {
        if exif == nil { keep(exif: segment) }
      } else if marker == 0xE2, segment.matches(Self.iccMark),
        let number = segment.byte(at: 12), let total = segment.byte(at: 13),
        let part = segment.slice(at: 14, count: segment.count - 14)
      {
        parts[number] = part.array
        count = total
      } else if marker == 0xFE {
        keep(PictureText.comment, String(validating: segment.array, as: UTF8.self))
      } else if (0xE0...0xEF).contains(marker), !Self.technical.contains(marker) {
        drop(
          segment.matches(Self.xmpMark) ? "XMP" : marker == 0xED ? "IPTC" : "APP\(marker - 0xE0)")
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

  /// A JPEG with a format's colour profile, EXIF and comments after its first segment.
  static func jpeg(_ encoded: [UInt8], with format: PictureFormat) -> [UInt8] {
    let header = HeaderBytes(encoded[...])
    guard header.byte(at: 3) == 0xE0, let length = header.unsigned16(at: 4) else { return encoded }
    var segments: [UInt8] = []
    func append(_ marker: UInt8, _ content: [UInt8]) {
      let size = content.count + 2
      segments += [0xFF, marker, UInt8(size >> 8), UInt8(size & 0xFF)] + content
    }
    if let exif = format.exif, fits(exif.count + ExifOrientation.mark.count) {
      append(0xE1, ExifOrientation.mark + exif)
    }
    let profile = format.profile ?? Data()
    let piece = 65_519
    let count = (profile.count + piece - 1) / piece
    // The parts are numbered by one byte.
    for part in 0..<(count <= 255 ? count : 0) {
      append(
        0xE2,
        iccMark + [UInt8(part + 1), UInt8(count)] + profile.dropFirst(part * piece).prefix(piece))
    }
    for text in format.texts ?? [] where holdsAsComment(text) {
      append(0xFE, Array(text.text.utf8))
    }
    let place = 4 + length
    return encoded[..<place] + segments + encoded[place...]
  }

  /// Whether a segment of a JPEG has room for so many bytes.
  static func fits(_ count: Int) -> Bool { count <= 65_533 }

  /// Whether a JPEG holds a text.
  static func holdsAsComment(_ text: PictureText) -> Bool {
    text.keyword == PictureText.comment && fits(text.text.utf8.count)
  }
}
