import Foundation
import Signals
import TestSupport
import Testing

@Suite("Animated PNG") struct AnimatedPNGTests {
  private static let frames = (0..<3).map { number in
    Image(
      width: 5, height: 4, channels: 3,
      values: (0..<60).map { Float(($0 * 7 + number * 50) % 256) / 255 })
  }

  /// Names and contents of the pieces, whose checksums are checked by a table-free definition.
  private func chunks(_ file: Data) -> [(type: String, payload: [UInt8])] {
    let bytes = [UInt8](file)
    var result: [(String, [UInt8])] = []
    var place = 8
    while place < bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let body = bytes[place + 4..<place + 8 + length]
      var sum: UInt32 = 0xFFFF_FFFF
      for byte in body {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
      }
      let stored = bytes[place + 8 + length..<place + 12 + length].reduce(UInt32(0)) {
        $0 << 8 | UInt32($1)
      }
      #expect(stored == ~sum)
      result.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
      place += 12 + length
    }
    return result
  }

  @Test("Programs without animation see the first picture")
  func firstPicture() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.png")
    try AnimatedPNG.encode(Self.frames, milliseconds: 80)
      .write(to: URL(fileURLWithPath: path))
    #expect(try ImageFile.read(path).values == Self.frames[0].values)
  }

  @Test("An animation has every picture in order with the same duration")
  func pieces() throws {
    let found = chunks(try AnimatedPNG.encode(Self.frames, milliseconds: 80))
    let types = found.map(\.type)
    #expect(types.first == "IHDR" && types.last == "IEND")
    #expect(found.first { $0.type == "acTL" }?.payload == [0, 0, 0, 3, 0, 0, 0, 0])
    let controls = found.filter { $0.type == "fcTL" }.map(\.payload)
    #expect(controls.count == 3)
    #expect(controls.allSatisfy { $0.count == 26 && Array($0[20..<24]) == [0, 80, 3, 232] })
    // Numbers of the pieces that are in a sequence rise by one.
    let sequence = found.filter { ["fcTL", "fdAT"].contains($0.type) }
      .map { $0.payload.prefix(4).reduce(0) { $0 << 8 | Int($1) } }
    #expect(sequence == Array(0..<sequence.count))
    // A later picture's samples are those of its own PNG.
    let last = chunks(try ImageFile.encodePNG(Self.frames[2])).filter { $0.type == "IDAT" }
    let tail = found.filter { $0.type == "fdAT" }.suffix(last.count).map {
      Array($0.payload.dropFirst(4))
    }
    #expect(!last.isEmpty && tail == last.map(\.payload))
  }

  @Test("A there-and-back animation shows neither end twice in a row")
  func thereAndBack() {
    let frames = (0..<4).map { Image(width: 1, height: 1, channels: 1, values: [Float($0) / 4]) }
    let shown = AnimatedPNG.thereAndBack(frames).map { $0.values[0] * 4 }
    #expect(shown == [0, 1, 2, 3, 2, 1])
    #expect(AnimatedPNG.thereAndBack(Array(frames[..<2])) == Array(frames[..<2]))
  }
}
