/// The kinds of sound file that are read.
public enum AudioFormat: String, Sendable, CaseIterable {
  /// RIFF WAVE, also with 64-bit sizes.
  case wav = "WAV"
  /// Free Lossless Audio Codec.
  case flac = "FLAC"
  /// An Ogg stream, Vorbis or Opus.
  case ogg = "Ogg"

  /// The format whose signature the bytes begin with; nil for anything else.
  ///
  /// - Parameter bytes: at least the first twelve of a file.
  public init?(signatureOf bytes: some Collection<UInt8>) {
    let start = [UInt8](bytes.prefix(12))
    let isWave = start.count == 12 && start[8...].elementsEqual("WAVE".utf8)
    if isWave && ["RIFF", "RIFX", "RF64"].contains(where: { start.starts(with: $0.utf8) }) {
      self = .wav
    } else if start.starts(with: "fLaC".utf8) {
      self = .flac
    } else if start.starts(with: "OggS".utf8) {
      self = .ogg
    } else {
      return nil
    }
  }

  /// The part missing at the end of a file, for a message; nil if the file seems complete.
  ///
  /// The decoder reads a truncated WAV or Ogg file as a shorter sound without an error. A WAV has
  /// its length in its data chunk, and the last page of an Ogg stream is marked as the last (RFC
  /// 3533, section 6). FLAC is compared with its header after decoding.
  func missingEnd(of bytes: [UInt8]) -> String? {
    switch self {
    case .wav: Self.missingSamples(bytes)
    case .ogg: Self.missingLastPage(bytes)
    case .flac: nil
    }
  }

  private static func missingSamples(_ bytes: [UInt8]) -> String? {
    // Programs that stream don't know the size and write the largest number.
    let unknown = bytes.starts(with: "RF64".utf8) ? Int.max : 0xFFFF_FF00
    var missing: String? = "it has no samples: the chunk 'data' is missing"
    forEachChunk(of: bytes) { name, content, size in
      let isWhole = size <= content.count
      guard name == "data" else {
        if !isWhole { missing = "the file ends within a chunk of its header" }
        return isWhole
      }
      missing =
        isWhole || size >= unknown
        ? nil : "its header claims \(size) bytes of samples, \(content.count) are there"
      return false
    }
    return missing
  }

  /// Whether bytes begin as MP3 does: with a tag, or with the first bits of a frame of layer 3.
  static func isMP3(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: "ID3".utf8) { return true }
    return bytes.count >= 2 && bytes[0] == 0xFF && bytes[1] & 0xE6 == 0xE2
  }

  /// A compressed format inside a WAV, by the number in its header; nil for samples as they are.
  static func compression(inWAV bytes: [UInt8]) -> String? {
    var found: String?
    forEachChunk(of: bytes) { name, content, _ in
      guard name == "fmt ", content.count >= 2 else { return name != "data" }
      let pair = Array(bytes[content.lowerBound..<content.lowerBound + 2])
      let tag = bytes.starts(with: "RIFX".utf8) ? pair : pair.reversed()
      found = compressions[Int(tag[0]) << 8 | Int(tag[1])]
      return false
    }
    return found
  }

  /// Number of bytes behind a data chunk that claims to be empty; nil for any other WAV.
  static func bytesOfUnknownLength(inWAV bytes: [UInt8]) -> Int? {
    var rest: Int?
    forEachChunk(of: bytes) { name, content, _ in
      guard name == "data" else { return true }
      if content.isEmpty { rest = bytes.count - content.lowerBound }
      return false
    }
    return rest.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Calls `body` with the chunks of a WAV, their contents and the sizes that they claim, until it
  /// returns false.
  ///
  /// In RF64 (EBU Tech 3306) the chunk `ds64` has the size of the data chunk in 64 bits; `Int.max` stands for one that
  /// is missing or larger than any file.
  private static func forEachChunk(
    of bytes: [UInt8], _ body: (_ name: String, _ content: Range<Int>, _ size: Int) -> Bool
  ) {
    let isBigEndian = bytes.starts(with: "RIFX".utf8)
    let isLong = bytes.starts(with: "RF64".utf8)
    var sizeOfData = Int.max
    var position = 12
    while position + 8 <= bytes.count {
      let four = bytes[position + 4..<position + 8]
      var size = (isBigEndian ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | Int($1) }
      let start = position + 8
      let name = String(decoding: bytes[position..<position + 4], as: UTF8.self)
      if isLong, name == "data", size == 0xFFFF_FFFF { size = sizeOfData }
      let rest = bytes.count - start
      let content = start..<start + min(rest, size)
      if isLong, name == "ds64", content.count >= 16 {
        let eight = bytes[start + 8..<start + 16]
        sizeOfData = Int(clamping: eight.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
      }
      guard body(name, content, size), size < rest else { return }
      position = start + size + size % 2
    }
  }

  /// What common numbers of formats stand for.
  private static let compressions = [
    0x0050: "MPEG audio", 0x0055: "MP3", 0x00FF: "AAC", 0x0160: "Windows Media Audio",
    0x0161: "Windows Media Audio", 0x0162: "Windows Media Audio", 0x1610: "AAC", 0x2000: "AC-3",
    0x2001: "DTS", 0x566F: "Vorbis", 0x674F: "Vorbis", 0xF1AC: "FLAC",
  ]

  private static func missingLastPage(_ bytes: [UInt8]) -> String? {
    var position = 0
    var isLast = false
    while position < bytes.count {
      guard position + 27 <= bytes.count, bytes[position...].starts(with: "OggS".utf8) else {
        // Bytes after a finished stream are ignored.
        return isLast ? nil : "no page starts at byte \(position)"
      }
      let segments = Int(bytes[position + 26])
      guard position + 27 + segments <= bytes.count else { return "its last page is cut off" }
      let lengths = bytes[position + 27..<position + 27 + segments]
      isLast = bytes[position + 5] & 4 != 0
      position += 27 + segments + lengths.reduce(0) { $0 + Int($1) }
    }
    if position > bytes.count { return "its last page is cut off" }
    return isLast ? nil : "its last page is missing"
  }
}
