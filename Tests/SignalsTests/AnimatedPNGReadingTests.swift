import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite("Animated PNG, read") struct AnimatedPNGReadingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A frame of an animation that is built byte by byte: RGBA, 8 bits.
  private struct Part {
    var width: UInt32 = 2
    var height: UInt32 = 2
    var x: UInt32 = 0
    var y: UInt32 = 0
    var delay: (UInt8, UInt8) = (1, 10)
    var disposal: UInt8 = 0
    var blending: UInt8 = 0
    var color: [UInt8] = [255, 0, 0, 255]
    var sequenceShift: UInt32 = 0

    var data: [UInt8] {
      let row = [UInt8(0)] + [[UInt8]](repeating: color, count: Int(min(width, 64))).joined()
      return PNGBuilder.zlibStored(
        Array([[UInt8]](repeating: row, count: Int(min(height, 64))).joined()))
    }
  }

  private func bytes(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private func clip(
    _ parts: [Part], count: UInt32? = nil, hidden: [UInt8]? = nil, end: Bool = true,
    spoiled: String = ""
  ) throws -> String {
    var png = PNGBuilder(width: 2, height: 2, bitDepth: 8, colorType: 6)
    png.append(
      "acTL", bytes(count ?? UInt32(parts.count)) + bytes(0), spoiled: spoiled == "acTL")
    if let hidden {
      png.append("IDAT", PNGBuilder.zlibStored([0] + hidden + hidden + [0] + hidden + hidden))
    }
    var sequence: UInt32 = 0
    for (number, part) in parts.enumerated() {
      var control = bytes(sequence + part.sequenceShift)
      for value in [part.width, part.height, part.x, part.y] { control += bytes(value) }
      control += [0, part.delay.0, 0, part.delay.1, part.disposal, part.blending]
      png.append("fcTL", control, spoiled: spoiled == "fcTL")
      sequence += 1
      if number == 0 && hidden == nil {
        png.append("IDAT", part.data)
      } else {
        // In two pieces, as large files have them.
        for piece in [part.data.prefix(7), part.data.dropFirst(7)] {
          png.append("fdAT", bytes(sequence) + piece, spoiled: spoiled == "fdAT")
          sequence += 1
        }
      }
    }
    if end { png.append("IEND") }
    return try folder.write(png.bytes, to: "a.png")
  }

  /// The four pixels of a frame as letters: red, green, blue, nothing, or other.
  private func letters(_ image: Image) -> String {
    (0..<4).map { pixel -> String in
      let value = image.values[4 * pixel..<4 * pixel + 4].map { Int(($0 * 255).rounded()) }
      return [
        [255, 0, 0, 255]: "R", [0, 255, 0, 255]: "G", [0, 0, 255, 255]: "B", [0, 0, 0, 0]: ".",
      ][
        value] ?? "?"
    }.joined()
  }

  private let corner = Part(width: 1, height: 1, x: 1, y: 1, color: [0, 255, 0, 255])
  private let left = Part(width: 1, height: 2, color: [0, 0, 255, 255])

  @Test("Frames are placed, kept, cleared and restored")
  func disposal() throws {
    func shown(_ disposal: UInt8) throws -> [String] {
      var middle = corner
      middle.disposal = disposal
      return try framesRead(clip([Part(), middle, left])).map(letters)
    }
    #expect(try shown(0) == ["RRRR", "RRRG", "BRBG"])
    #expect(try shown(1) == ["RRRR", "RRRG", "BRB."])
    #expect(try shown(2) == ["RRRR", "RRRG", "BRBR"])
    // Nothing is before the first frame.
    #expect(try framesRead(clip([Part(disposal: 2), corner])).map(letters) == ["RRRR", "...G"])
    #expect(try framesRead(clip([Part(disposal: 1), corner])).map(letters) == ["RRRR", "...G"])
  }

  @Test("Transparent frames replace or are blended, as the file says")
  func blending() throws {
    let clear = Part(color: [0, 0, 0, 0])
    var covering = clear
    covering.blending = 1
    #expect(try framesRead(clip([Part(), clear])).map(letters) == ["RRRR", "...."])
    #expect(try framesRead(clip([Part(), covering])).map(letters) == ["RRRR", "RRRR"])
    // Half green over red, and half green over half red: 0.5 / 0.75 of the visible is green.
    let half = Part(blending: 1, color: [0, 255, 0, 128])
    let over = try framesRead(clip([Part(), half]))[1].values[..<4]
    let share = Float(128) / 255
    #expect(zip(over, [1 - share, share, 0, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    let both = try framesRead(clip([Part(color: [255, 0, 0, 128]), half]))[1].values[..<4]
    let alpha = share + share * (1 - share)
    #expect(
      zip(both, [share * (1 - share) / alpha, share / alpha, 0, alpha]).allSatisfy {
        abs($0 - $1) < 1e-6
      })
  }

  @Test("A first picture outside the animation isn't shown")
  func hiddenPicture() throws {
    let path = try clip([Part(), corner], hidden: [0, 0, 255, 255])
    #expect(try VideoReader(path).info.frameCount == 2)
    #expect(try framesRead(path).map(letters) == ["RRRR", "RRRG"])
  }

  @Test("The delays of frames give the frame rate")
  func rates() throws {
    #expect(
      try VideoReader(clip([Part(delay: (1, 10)), Part(delay: (2, 20))])).info.frameRate
        == FrameRate(10))
    // A denominator of 0 means hundredths.
    #expect(try VideoReader(clip([Part(delay: (4, 0))])).info.frameRate == pal)
    #expect(
      try VideoReader(clip([Part(delay: (1, 10)), Part(delay: (3, 10))])).info.frameRate
        == FrameRate(5))
    #expect(try VideoReader(clip([Part(delay: (0, 10))])).info.frameRate == nil)
  }

  @Test("Frames outside the canvas or with wrong numbers are refused")
  func hostile() throws {
    func kind(_ parts: [Part], count: UInt32? = nil, end: Bool = true, spoiled: String = "") throws
      -> FileError.Kind?
    {
      videoFailure(try clip(parts, count: count, end: end, spoiled: spoiled))?.kind
    }
    let outside = Part(width: 2, height: 1, x: 1, y: 0)
    #expect(
      videoFailure(try clip([Part(), outside]))?.reason
        == "frame 1 of 2x1 at column 1, row 0 lies outside the canvas of 2x2")
    #expect(try kind([Part(), Part(x: .max)]) == .corrupt)
    #expect(try kind([Part(), Part(width: 0)]) == .corrupt)
    #expect(try kind([Part(), Part(width: 1 << 31, height: 1 << 31)]) == .corrupt)
    #expect(try kind([Part(width: 1)]) == .corrupt)
    #expect(try kind([Part(), Part(disposal: 3)]) == .corrupt)
    #expect(try kind([Part(), Part(blending: 2)]) == .corrupt)
    #expect(
      videoFailure(try clip([Part(), Part(sequenceShift: 1)]))?.reason.contains(
        "sequence number 2, expected 1") == true)
    #expect(try kind([Part()], count: 2) == .truncated)
    #expect(try kind([Part(), Part()], count: 1) == .corrupt)
    #expect(try kind([Part()], count: 0) == .corrupt)
    #expect(try kind([Part()], count: .max) == .tooLarge)
    #expect(try kind([Part(), Part()], end: false) == .truncated)
    for chunk in ["acTL", "fcTL", "fdAT"] {
      #expect(try kind([Part(), Part()], spoiled: chunk) == .corrupt, "\(chunk)")
    }
  }

  @Test("Frames without data, with too few or with far too many bytes are refused")
  func data() throws {
    func failure(_ fill: (inout PNGBuilder) -> Void) throws -> FileError? {
      var png = PNGBuilder(width: 2, height: 2, bitDepth: 8, colorType: 6)
      png.append("acTL", bytes(1) + bytes(0))
      png.append(
        "fcTL", [UInt32(0), 2, 2, 0, 0].flatMap(bytes) + [0, 1, 0, 10, 0, 0])
      fill(&png)
      png.append("IEND")
      return videoFailure(try folder.write(png.bytes, to: "b.png"))
    }
    #expect(try failure { _ in }?.reason.contains("no data") == true)
    let short = try failure { $0.append("IDAT", PNGBuilder.zlibStored([0, 1, 2])) }
    #expect(short?.kind == .truncated && short?.reason.hasPrefix("frame 0: ") == true)
    let long = [UInt8](repeating: 0, count: 100_000)
    #expect(try failure { $0.append("IDAT", long) }?.reason.contains("more data than") == true)
    var vast = PNGBuilder(width: 1 << 31, height: 1 << 31, bitDepth: 8, colorType: 6)
    vast.append("acTL", bytes(1) + bytes(0))
    vast.append("IDAT", [])
    vast.append("IEND")
    #expect(videoFailure(try folder.write(vast.bytes, to: "c.png"))?.kind == .tooLarge)
  }
}
