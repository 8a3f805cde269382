import Foundation
import Signals
import TestSupport
import Testing

@Suite struct PNGDecodingTests {
  typealias ColorType = PNGBuilder.ColorType

  struct Layout: CustomTestStringConvertible, Sendable {
    let colorType: ColorType
    let bitDepth: Int
    let interlaced: Bool
    var testDescription: String {
      "\(colorType), \(bitDepth) bits\(interlaced ? ", interlaced" : "")"
    }
  }

  /// Every combination that the format allows, without palettes.
  static let layouts: [Layout] = [
    (ColorType.grey, [1, 2, 4, 8, 16]), (.rgb, [8, 16]), (.greyAlpha, [8, 16]), (.rgba, [8, 16]),
  ].flatMap { type, depths in
    depths.flatMap { depth in
      [false, true].map { Layout(colorType: type, bitDepth: depth, interlaced: $0) }
    }
  }

  private func decode(_ bytes: [UInt8]) throws -> Image {
    try ImageFile.decode(Data(bytes), path: "test.png")
  }

  /// Samples that reach every value of a small depth and spread over a large one.
  private func samples(_ count: Int, bitDepth: Int) -> [Int] {
    (0..<count).map { ($0 * 40503 + $0 * $0 * 17) % (1 << bitDepth) }
  }

  @Test(arguments: layouts) func everyLayoutDecodesToItsSamples(_ layout: Layout) throws {
    // 13x11 leaves partial bytes and uneven interlacing passes.
    for (width, height) in [(13, 11), (1, 1), (3, 2), (8, 8)] {
      let stored = samples(
        width * height * layout.colorType.samples, bitDepth: layout.bitDepth)
      let bytes = PNGBuilder.file(
        width: width, height: height, bitDepth: layout.bitDepth, colorType: layout.colorType,
        samples: stored, interlaced: layout.interlaced)
      let largest = Float((1 << layout.bitDepth) - 1)
      let expected = Image(
        width: width, height: height, channels: layout.colorType.samples,
        values: stored.map { Float($0) / largest })
      expectClose(
        actual: try decode(bytes), expected: expected, absolute: 1e-6, "\(width)x\(height)")
      let header = try ImageFile.header(ofBytes: bytes, path: "test.png")
      #expect(
        header
          == ImageHeader(
            format: .png, width: width, height: height, channels: layout.colorType.samples,
            bitDepth: layout.bitDepth, orientation: 1))
    }
  }

  @Test func sixteenBitsKeepTheirPrecision() throws {
    let bytes = PNGBuilder.file(
      width: 3, height: 1, bitDepth: 16, colorType: .grey, samples: [32768, 32769, 65534])
    let values = try decode(bytes).values
    let expected: [Float] = [32768, 32769, 65534].map { $0 / 65535 }
    #expect(values == expected)
  }

  @Test(arguments: [1, 2, 4, 8], [false, true])
  func palettesBecomeColors(bitDepth: Int, interlaced: Bool) throws {
    let entries = min(1 << bitDepth, 50)
    let palette = (0..<entries * 3).map { UInt8($0 * 71 % 256) }
    let indices = samples(7 * 5, bitDepth: bitDepth).map { $0 % entries }
    let plain = PNGBuilder.file(
      width: 7, height: 5, bitDepth: bitDepth, colorType: .palette, samples: indices,
      interlaced: interlaced, palette: palette)
    let rgb = indices.flatMap { palette[$0 * 3..<$0 * 3 + 3].map { Float($0) / 255 } }
    expectClose(
      actual: try decode(plain), expected: Image(width: 7, height: 5, channels: 3, values: rgb),
      absolute: 1e-6)

    // Transparency for the first entry only; the others are opaque.
    let transparent = PNGBuilder.file(
      width: 7, height: 5, bitDepth: bitDepth, colorType: .palette, samples: indices,
      interlaced: interlaced, palette: palette, transparency: [51])
    var rgba: [Float] = []
    for index in indices {
      rgba += palette[index * 3..<index * 3 + 3].map { Float($0) / 255 }
      rgba.append(index == 0 ? 0.2 : 1)
    }
    expectClose(
      actual: try decode(transparent),
      expected: Image(width: 7, height: 5, channels: 4, values: rgba), absolute: 1e-6)
    #expect(try ImageFile.header(ofBytes: transparent, path: "").channels == 4)
  }

  @Test func oneColorCanBeTransparent() throws {
    let grey = PNGBuilder.file(
      width: 3, height: 1, bitDepth: 8, colorType: .grey, samples: [0, 51, 102],
      transparency: [0, 51])
    expectClose(
      actual: try decode(grey),
      expected: Image(width: 3, height: 1, channels: 2, values: [0, 1, 0.2, 0, 0.4, 1]),
      absolute: 1e-6)
    let rgb = PNGBuilder.file(
      width: 2, height: 1, bitDepth: 8, colorType: .rgb, samples: [51, 0, 255, 51, 0, 254],
      transparency: [0, 51, 0, 0, 0, 255])
    #expect(try decode(rgb).alpha == [0, 1])
  }

  @Test(arguments: 1...8) func orientationIsHonoured(_ orientation: Int) throws {
    let exif: [UInt8] = [
      0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0,
      0, 0, 0, 0, 0,
    ]
    let bytes = PNGBuilder.file(
      width: 3, height: 2, bitDepth: 8, colorType: .grey, samples: [1, 2, 3, 4, 5, 6],
      extra: [(name: "eXIf", content: exif)])
    // Worked out by hand from the EXIF standard's "0th row, 0th column".
    let displayed: [Int: [Float]] = [
      1: [1, 2, 3, 4, 5, 6], 2: [3, 2, 1, 6, 5, 4], 3: [6, 5, 4, 3, 2, 1], 4: [4, 5, 6, 1, 2, 3],
      5: [1, 4, 2, 5, 3, 6], 6: [4, 1, 5, 2, 6, 3], 7: [6, 3, 5, 2, 4, 1], 8: [3, 6, 2, 5, 1, 4],
    ]
    let image = try decode(bytes)
    let header = try ImageFile.header(ofBytes: bytes, path: "")
    #expect(header.orientation == orientation)
    #expect(header.width == (orientation < 5 ? 3 : 2))
    #expect(header.height == (orientation < 5 ? 2 : 3))
    #expect(image.width == header.width && image.height == header.height)
    expectClose(
      actual: image.values.map { $0 * 255 }, expected: try #require(displayed[orientation]),
      absolute: 1e-4)
  }

  @Test func damagedExifMeansUpright() throws {
    let tails: [[UInt8]] = [
      [], [0x4D], [0x4D, 0x4D, 0, 42], [0x4D, 0x4D, 0, 42, 0xFF, 0xFF, 0xFF, 0xFF],
      [0x49, 0x49, 42, 0, 8, 0, 0, 0, 0xFF, 0xFF],
      // A value of 9, a count of 2, a type of LONG.
      [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0],
      [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 2, 0, 6, 0, 0],
      [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 4, 0, 0, 0, 1, 0, 6, 0, 0],
    ]
    for exif in tails {
      let bytes = PNGBuilder.file(
        width: 2, height: 1, bitDepth: 8, colorType: .grey, samples: [0, 255],
        extra: [(name: "eXIf", content: exif)])
      #expect(try ImageFile.header(ofBytes: bytes, path: "").orientation == 1, "\(exif)")
      #expect(try decode(bytes).values == [0, 1], "\(exif)")
    }
  }

  @Test func gammaAndTextDoNotTouchThePixels() throws {
    let bytes = PNGBuilder.file(
      width: 2, height: 1, bitDepth: 8, colorType: .grey, samples: [51, 102],
      extra: [
        (name: "gAMA", content: [0, 0, 0x27, 0x10]), (name: "tEXt", content: Array("A\0B".utf8)),
        (name: "prVt", content: [1, 2, 3]),
      ])
    expectClose(actual: try decode(bytes).values, expected: [0.2, 0.4], absolute: 1e-6)
  }
}
