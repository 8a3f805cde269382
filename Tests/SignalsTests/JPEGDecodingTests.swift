import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite struct JPEGDecodingTests {
  /// Within three of 255 levels of Pillow, which may link another release of libjpeg.
  @Test(arguments: Fixtures.jpegNames) func decodesAsPillowDoes(_ name: String) throws {
    let rows = try #require(try Fixtures.expected().jpeg[name])
    let image = try ImageFile.read(Fixtures.path(name))
    expectClose(
      actual: image.values, expected: rows.flatMap { $0.flatMap { $0.map { $0 / 255 } } },
      absolute: 3.0 / 255, actualShape: [image.height, image.width, image.channels],
      expectedShape: [rows.count, rows[0].count, rows[0][0].count])
    let header = try ImageFile.header(at: Fixtures.path(name))
    #expect(
      header
        == ImageHeader(
          format: .jpeg, width: 24, height: 16, channels: name == "grey.jpg" ? 1 : 3, bitDepth: 8,
          orientation: 1))
  }

  @Test(arguments: 1...8) func orientationIsHonoured(_ orientation: Int) throws {
    let path = try Fixtures.path("orientation_\(orientation).jpg")
    let displayed = try Fixtures.expected().displayed
    let image = try ImageFile.read(path)
    expectClose(
      actual: image.values, expected: displayed.flatMap { $0.map { $0 / 255 } },
      absolute: 6.0 / 255, actualShape: [image.height, image.width], expectedShape: [4, 8])
    let header = try ImageFile.header(at: path)
    #expect(header.orientation == orientation)
    #expect(header.width == 8 && header.height == 4)
  }

  /// The header's start, length and end in the bytes, of the first segment with this marker.
  private func segment(_ marker: UInt8, in bytes: [UInt8]) throws -> Int {
    try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == marker })
  }

  private func kind(_ bytes: [UInt8]) -> FileError.Kind? {
    #expect(throws: FileError.self) {
      try ImageFile.decode(Data(bytes), path: "test.jpg")
    }?.kind
  }

  @Test func unusualFramesAreNamed() throws {
    let bytes = try Fixtures.bytes("color.jpg")
    let frame = try segment(0xC0, in: bytes)
    var lossless = bytes
    lossless[frame + 1] = 0xC3
    #expect(kind(lossless) == .unsupported)
    var twelveBits = bytes
    twelveBits[frame + 4] = 12
    #expect(kind(twelveBits) == .unsupported)
    var twoComponents = bytes
    twoComponents[frame + 9] = 2
    #expect(kind(twoComponents) == .unsupported)
  }

  @Test func claimedSizesAreChecked() throws {
    let bytes = try Fixtures.bytes("color.jpg")
    let frame = try segment(0xC0, in: bytes)
    var empty = bytes
    empty.replaceSubrange(frame + 5..<frame + 9, with: [0, 0, 0, 24])
    #expect(kind(empty) == .empty)
    var huge = bytes
    huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(kind(huge) == .tooLarge)
    // Within the limit of pixels, but more than 747 bytes can hold.
    var implausible = bytes
    implausible.replaceSubrange(frame + 5..<frame + 9, with: [0x20, 0, 0x20, 0])
    #expect(kind(implausible) == .truncated)
    // Plausible, but not there: libjpeg would paint the rest grey.
    var taller = bytes
    taller.replaceSubrange(frame + 5..<frame + 7, with: [0, 40])
    #expect(kind(taller) == .truncated)
  }

  @Test func manyScansAreRefused() throws {
    // The first scan of a progressive picture can be repeated: it only sets the coarse values.
    let bytes = try Fixtures.bytes("progressive.jpg")
    let scan = try segment(0xDA, in: bytes)
    let end = try #require(
      bytes.indices.dropLast().first {
        $0 > scan && bytes[$0] == 0xFF && bytes[$0 + 1] != 0
      })
    func repeated(_ times: Int) -> Data {
      let scans = (0..<times).flatMap { _ in bytes[scan..<end] }
      return Data(bytes[..<scan] + scans + bytes[end...])
    }
    #expect(try ImageFile.decode(repeated(10), path: "").width == 24)
    let error = #expect(throws: FileError.self) {
      try ImageFile.decode(repeated(600), path: "many.jpg")
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.reason.contains("500 scans") == true)
  }
}
