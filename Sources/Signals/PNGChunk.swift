import CImageCodecs
import Foundation

/// A named piece of a PNG file (PNG specification, third edition, section 5.3).
struct PNGChunk {
  /// Its name, four letters.
  let type: String
  /// Its contents.
  var payload: [UInt8]

  init(_ type: String, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }

  /// A piece of numbers of four bytes.
  init(_ type: String, numbers: [UInt32]) {
    self.init(type, payload: numbers.flatMap { Self.bytes($0) })
  }

  /// The pieces of a file of our own.
  static func chunks(of file: Data) -> [PNGChunk] { chunks(of: [UInt8](file), from: 8) }

  /// The bytes of the pieces of some names, of pieces that anybody may have written.
  static func ancillary(in pieces: Data, of types: Set<String>) -> [UInt8] {
    chunks(of: [UInt8](pieces), from: 0).filter { types.contains($0.type) }.flatMap(\.encoded)
  }

  private static func chunks(of bytes: [UInt8], from start: Int) -> [PNGChunk] {
    var result: [PNGChunk] = []
    var place = start
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = place + 8 + length
      guard end + 4 <= bytes.count else { break }
      result.append(
        PNGChunk(
          String(decoding: bytes[place + 4..<place + 8], as: UTF8.self),
          payload: Array(bytes[place + 8..<end])))
      place = end + 4
    }
    return result
  }

  /// Length, name, contents and checksum, as in a file.
  var encoded: [UInt8] {
    let body = Array(type.utf8) + payload
    return Self.bytes(UInt32(payload.count)) + body + Self.bytes(Self.checksum(body))
  }

  private static func bytes(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// CRC-32 (PNG specification, annex D).
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { image_codecs_checksum($0.baseAddress, $0.count) }
  }
}
