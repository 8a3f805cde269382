import Foundation

/// Pictures shown one after the other, as an animated PNG (PNG specification, third edition, section 11.3.6):
/// browsers play it, other programs show the first picture.
public enum AnimatedPNG {
  /// Pictures and then the way back, without showing either end twice, so that the animation has no jump.
  public static func thereAndBack(_ frames: [Image]) -> [Image] {
    frames + frames.dropFirst().dropLast().reversed()
  }

  /// Encodes pictures that follow each other without end.
  ///
  /// - Parameters:
  ///   - frames: at least one, all of one size and of equally many channels, 1 to 4.
  ///   - milliseconds: how long each is shown, 1...65,535.
  /// - Throws: `FileError` for more than 4 channels, or when memory runs out.
  public static func encode(_ frames: [Image], milliseconds: Int) throws -> Data {
    precondition(
      !frames.isEmpty && (1...65_535).contains(milliseconds),
      "\(frames.count) pictures of \(milliseconds) ms do not make an animation")
    let (width, height) = (frames[0].width, frames[0].height)
    precondition(
      frames.allSatisfy {
        $0.width == width && $0.height == height && $0.channels == frames[0].channels
      }, "the pictures of an animation differ in size or channels")
    var result = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var sequence: UInt32 = 0
    for (number, frame) in frames.enumerated() {
      let chunks = Chunk.chunks(of: try ImageFile.encodePNG(frame))
      if number == 0 {
        // Everything before the samples describes all pictures.
        for chunk in chunks.prefix(while: { $0.type != "IDAT" }) { chunk.append(to: &result) }
        Chunk("acTL", numbers: [UInt32(frames.count), 0]).append(to: &result)
      }
      // Its place, how long it is shown, and that it replaces the one before.
      var control = Chunk(
        "fcTL", numbers: [sequence, UInt32(width), UInt32(height), 0, 0])
      control.payload += [UInt8(milliseconds >> 8), UInt8(milliseconds & 0xFF), 0x03, 0xE8, 0, 0]
      control.append(to: &result)
      sequence += 1
      for chunk in chunks where chunk.type == "IDAT" {
        guard number > 0 else {
          chunk.append(to: &result)
          continue
        }
        var data = Chunk("fdAT", numbers: [sequence])
        data.payload += chunk.payload
        data.append(to: &result)
        sequence += 1
      }
    }
    Chunk("IEND", numbers: []).append(to: &result)
    return result
  }
}

/// A named piece of a PNG file.
private struct Chunk {
  let type: String
  var payload: Data

  init(type: String, payload: Data) {
    self.type = type
    self.payload = payload
  }

  /// A piece of numbers of four bytes.
  init(_ type: String, numbers: [UInt32]) {
    self.init(type: type, payload: Data(numbers.flatMap { Self.bytes($0) }))
  }

  /// The pieces of a file of our own.
  static func chunks(of file: Data) -> [Chunk] {
    let bytes = [UInt8](file)
    var result: [Chunk] = []
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = place + 8 + length
      guard end + 4 <= bytes.count else { break }
      result.append(
        Chunk(
          type: String(decoding: bytes[place + 4..<place + 8], as: UTF8.self),
          payload: Data(bytes[place + 8..<end])))
      place = end + 4
    }
    return result
  }

  /// Writes length, name, contents and checksum.
  func append(to file: inout Data) {
    let body = Array(type.utf8) + payload
    file += Self.bytes(UInt32(payload.count))
    file += body
    file += Self.bytes(Self.checksum(body))
  }

  private static func bytes(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// CRC-32 (PNG specification, annex D).
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { sum, byte in
      table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8)
    }
  }

  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }
}
