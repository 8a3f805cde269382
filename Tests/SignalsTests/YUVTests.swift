import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite("YUV4MPEG2") struct YUVTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func clip(_ header: String, _ frames: [[UInt8]]) throws -> String {
    let bytes = Array((header + "\n").utf8) + frames.flatMap { Array("FRAME\n".utf8) + $0 }
    return try folder.write(bytes, to: "a.y4m")
  }

  /// The colour of one pixel of luma and chroma.
  private func color(_ header: String, _ sample: [UInt8]) throws -> [Int] {
    try framesRead(clip(header, [sample]))[0].values.map { Int(($0 * 255).rounded()) }
  }

  @Test(
    "Known colours of BT.601 have the right samples in limited range",
    arguments: [
      ([16, 128, 128], [0, 0, 0]), ([235, 128, 128], [255, 255, 255]),
      // The primaries of the standard's table, rounded to whole samples.
      ([81, 90, 240], [254, 0, 0]), ([145, 54, 34], [0, 255, 1]), ([41, 240, 110], [0, 0, 255]),
      // Beyond white and black.
      ([255, 128, 128], [255, 255, 255]), ([0, 128, 128], [0, 0, 0]),
    ] as [([UInt8], [Int])])
  func standardDefinition(_ sample: [UInt8], _ expected: [Int]) throws {
    #expect(try color("YUV4MPEG2 W1 H1 F25:1 C444", sample) == expected)
  }

  @Test("Full range and grey are converted")
  func fullRange() throws {
    #expect(
      try color("YUV4MPEG2 W1 H1 F25:1 C444 XCOLORRANGE=FULL", [76, 85, 255]) == [254, 0, 0])
    #expect(try color("YUV4MPEG2 W2 H1 F25:1 Cmono", [16, 235]) == [0, 255])
    #expect(try color("YUV4MPEG2 W2 H1 F25:1 Cmono XCOLORRANGE=FULL", [16, 235]) == [16, 235])
  }

  @Test("High definition uses BT.709")
  func highDefinition() throws {
    // Red: Y = 16 + 219 * 0.2126, U = 128 - 224 * 0.2126 / 1.8556, V = 240.
    let frame =
      [UInt8](repeating: 63, count: 720) + [UInt8](repeating: 102, count: 720)
      + [UInt8](repeating: 240, count: 720)
    let image = try framesRead(clip("YUV4MPEG2 W1 H720 F25:1 C444", [frame]))[0]
    #expect(image.values[..<3].map { Int(($0 * 255).rounded()) } == [255, 1, 0])
  }

  @Test("Samples of more than 8 bits keep their precision", arguments: [10, 12, 16])
  func deep(bits: Int) throws {
    let unit = 1 << (bits - 8)
    // Halfway between black and white, which 8 bits cannot say.
    let value = 16 * unit + 219 * unit / 2
    let pair = { (number: Int) in [UInt8(number & 255), UInt8(number >> 8)] }
    let chroma = pair(128 * unit)
    let path = try clip(
      "YUV4MPEG2 W2 H2 F25:1 C420p\(bits) XYSCSS=420P\(bits)",
      [[value, value, value, value].flatMap(pair) + chroma + chroma])
    let reader = try VideoReader(path)
    #expect(reader.info.isDeep)
    let image = try #require(try reader.nextFrame())
    #expect(image.values.allSatisfy { abs($0 - 0.5) < 1e-6 })
  }

  @Test(
    "Chroma samples have the position that the format's name says",
    arguments: [
      // Two samples, 0 and 1, lie under four columns.
      ("420jpeg", [0, 0.25, 0.75, 1]), ("420", [0, 0.25, 0.75, 1]),
      ("420mpeg2", [0, 0.5, 1, 1]), ("420paldv", [0, 0.5, 1, 1]), ("422", [0, 0.5, 1, 1]),
    ] as [(String, [Float])])
  func siting(_ name: String, _ expected: [Float]) throws {
    let rows = name == "422" ? 2 : 1
    let blue = [UInt8](repeating: 128, count: 2 * rows)
    let red = (0..<rows).flatMap { _ in [128, 148] as [UInt8] }
    let luma = [UInt8](repeating: 126, count: 8)
    let image = try framesRead(clip("YUV4MPEG2 W4 H2 F25:1 C\(name)", [luma + blue + red]))[0]
    let step = Float(20) / 224 * 2 * (1 - 0.299)
    for row in 0..<2 {
      for column in 0..<4 {
        let found = (image[row, column, 0] - Float(110) / 219) / step
        #expect(abs(found - expected[column]) < 1e-4)
      }
    }
  }

  @Test(
    "Odd sides have a chroma sample for the last pixel",
    arguments: ["420jpeg", "420mpeg2", "422", "444", "411"])
  func oddSides(name: String) throws {
    let (width, height) = (5, 3)
    let columns = name == "444" ? 5 : name == "411" ? 2 : 3
    let rows = name.hasPrefix("420") ? 2 : 3
    let frame =
      [UInt8](repeating: 81, count: width * height) + [UInt8](repeating: 90, count: columns * rows)
      + [UInt8](repeating: 240, count: columns * rows)
    let frames = try framesRead(clip("YUV4MPEG2 W5 H3 F25:1 C\(name)", [frame, frame]))
    #expect(frames.count == 2)
    #expect(
      frames.allSatisfy {
        $0.values.indices.allSatisfy { index in
          abs(frames[0].values[index] - (index % 3 == 0 ? 0.99780 : 0)) < 1e-3
        }
      })
  }

  @Test("A header may have more words, and its rate may be unknown")
  func words() throws {
    let bytes = Array("YUV4MPEG2 W1 H1 F0:0 Ip A0:0 Cmono XANYTHING\nFRAME Ixyz\n\u{10}".utf8)
    let path = try folder.write(bytes, to: "a.y4m")
    let reader = try VideoReader(path)
    #expect(reader.info.frameRate == nil && reader.info.frameCount == 1)
    #expect(try reader.nextFrame()?.values == [0])
  }
}
