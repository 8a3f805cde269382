import Files
import Foundation

extension VideoFormat {
  /// The format of the clip at a path, or nil if there is something else: a still picture, a sound, text.
  ///
  /// A folder counts as a folder of pictures, whatever is in it. A PNG counts as animated if it says so
  /// before its pixels. Containers are known by their first bytes; some of them may hold a sound only,
  /// which decoding tells.
  ///
  /// - Throws: `FileError` if there is nothing to read at the path.
  public init?(ofContentAt path: String, limits: VideoLimits = .standard) throws {
    if path.isFolder {
      self = .pictures
      return
    }
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumFileBytes,
      adviceIfTooLarge: "cut or shrink it first, \(FileLimit.bytes.advice)")
    guard let format = try Self(ofContentOf: file) else { return nil }
    self = format
  }

  init?(ofContentOf file: BoundedFile) throws {
    let start = HeaderBytes(try file.bytes(from: 0, count: min(file.size, 1024))[...])
    if start.matches(Y4MHeader.signature) {
      self = .y4m
    } else if start.matches(PNGHeaderParser.signature) {
      guard try AnimatedPNGIndex.isAnimated(file) else { return nil }
      self = .animatedPNG
    } else if Self.isContainer(start) {
      self = .container
    } else {
      return nil
    }
  }

  private static func isContainer(_ start: HeaderBytes) -> Bool {
    // ISO base media (MP4, QuickTime): the name of the first box.
    if ["ftyp", "moov", "mdat", "wide"].contains(where: { start.matches(Array($0.utf8), at: 4) }) {
      return true
    }
    // AVI is RIFF as WAV is, and a sound may be in Ogg as a clip is: only Theora is a clip.
    if start.matches("RIFF", at: 0) { return start.matches("AVI ", at: 8) }
    if start.matches("OggS", at: 0) { return start.matches("theora", at: 29) }
    // MPEG transport streams: packets of 188 bytes.
    if [0, 188, 376].allSatisfy({ start.byte(at: $0) == 0x47 }) { return true }
    let signatures: [[UInt8]] = [
      [0x1A, 0x45, 0xDF, 0xA3],  // Matroska, WebM
      [0x00, 0x00, 0x01, 0xBA],  // MPEG program stream
      [0x00, 0x00, 0x01, 0xB3],  // MPEG video
      [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11],  // ASF, WMV
      Array("FLV\u{1}".utf8), Array("DKIF".utf8), Array("GIF87a".utf8), Array("GIF89a".utf8),
    ]
    return signatures.contains { start.matches($0) }
  }
}
