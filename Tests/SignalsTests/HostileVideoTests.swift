import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite("Hostile clips") struct HostileVideoTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func failure(
    _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> FileError? {
    videoFailure(try folder.write(bytes, to: "clip"), sourceLocation: sourceLocation)
  }

  private func y4m(_ text: String, _ rest: [UInt8] = []) throws -> FileError? {
    try failure(Array(text.utf8) + rest)
  }

  @Test("y4m with a missing or impossible size or an endless first line is refused")
  func y4mHeaders() throws {
    #expect(try y4m("YUV4MPEG2 F25:1\nFRAME\n")?.reason.contains("no width") == true)
    #expect(try y4m("YUV4MPEG2 W9 F25:1\nFRAME\n")?.kind == .corrupt)
    #expect(try y4m("YUV4MPEG2 W2147483648 H2147483648\nFRAME\n")?.kind == .tooLarge)
    #expect(try y4m("YUV4MPEG2 W9223372036854775807 H4\nFRAME\n")?.kind == .tooLarge)
    #expect(try y4m("YUV4MPEG2 W99999999999999999999 H4\nFRAME\n")?.kind == .corrupt)
    #expect(try y4m("YUV4MPEG2 W-1 H4\nFRAME\n")?.kind == .empty)
    #expect(try y4m("YUV4MPEG2 W0 H4\nFRAME\n")?.kind == .empty)
    #expect(try y4m("YUV4MPEG2 W1 H1 F25:0\nFRAME\n")?.reason.contains("frame rate") == true)
    #expect(try y4m("YUV4MPEG2 W1 H1 C444alpha\nFRAME\n")?.kind == .unsupported)
    #expect(try y4m("YUV4MPEG2 W1 H1 C420p11\nFRAME\n")?.kind == .unsupported)
    #expect(try y4m("YUV4MPEG2X W1 H1\nFRAME\n")?.kind == .corrupt)
    let endless = [UInt8](repeating: 88, count: 100_000)
    #expect(try y4m("YUV4MPEG2 W1 H1 ", endless)?.reason.contains("4096 bytes") == true)
    #expect(try y4m("YUV4MPEG2 W1 H1")?.kind == .corrupt)
    #expect(try y4m("YUV4MPEG2 W1 H1 Cmono\n")?.kind == .empty)
  }

  @Test("y4m with damaged frames is refused")
  func y4mFrames() throws {
    let start = "YUV4MPEG2 W4 H4 F25:1 C444\n"
    let samples = [UInt8](repeating: 128, count: 48)
    let cut = try y4m(start + "FRAME\n", samples + Array("FRAME\n".utf8) + samples.dropLast())
    #expect(cut?.kind == .truncated && cut?.reason.contains("frame 1") == true)
    #expect(try y4m(start + "FRAMES\n", samples)?.kind == .corrupt)
    #expect(try y4m(start + "frame\n", samples)?.kind == .corrupt)
    #expect(try y4m(start + "FRAME ", [UInt8](repeating: 88, count: 5000))?.kind == .corrupt)
    // Sizes within the limits that the file cannot hold.
    #expect(try y4m("YUV4MPEG2 W7680 H4320 F25:1 C444\nFRAME\n", samples)?.kind == .truncated)
  }

  @Test("Every truncation of a y4m and of an animated PNG is an error")
  func truncations() throws {
    for name in ["a.y4m", "a.png"] {
      let path = folder.file(name)
      try writeClip(testFrames(2, width: 3, height: 2), to: path, rate: pal)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let length = bytes.count
      // The end of a frame is also the end of a shorter clip.
      let whole = name == "a.y4m" ? [length - 18 - 6] : []
      for count in 0..<length where !whole.contains(count) {
        #expect(try failure(Array(bytes[..<count])) != nil, "\(name) cut to \(count)")
      }
    }
  }

  @Test("A file that is not a clip is refused by name")
  func noClips() throws {
    let text = try failure(Array("no clip at all".utf8))
    #expect(text?.kind == .unknownFormat && text?.reason.contains("y4m") == true)
    #expect(try failure([])?.kind == .unknownFormat)
    #expect(videoFailure(folder.file("absent"))?.kind == .missing)
    let still = PNGBuilder.file(width: 1, height: 1, bitDepth: 8, colorType: .grey, samples: [3])
    #expect(try failure(still)?.kind == .unknownFormat)
    let path = try folder.write(still, to: "still.png")
    #expect(try VideoFormat(ofContentAt: path) == nil)
    // A playlist would name other files.
    #expect(try failure(Array("#EXTM3U\n/etc/passwd\n".utf8))?.kind == .unknownFormat)
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(videoFailure(pipe)?.kind == .notAFile)
  }

  @Test("The first frame that differs is named")
  func differentFrames() throws {
    let path = try folder.makeFolder("frames")
    #expect(videoFailure(path)?.kind == .empty)
    for number in 1...3 {
      let image = Image.pattern(width: number == 2 ? 6 : 7, height: 5, channels: 3)
      try ImageFile.writePNG(image, to: path + "/\(number).png", overwrite: false)
    }
    let size = videoFailure(path)
    #expect(size?.path == path + "/2.png")
    #expect(
      size?.reason
        == "this frame is 6x5 with 3 channels, but the first one (1.png) is 7x5 with 3 channels")
    try ImageFile.writePNG(
      .pattern(width: 7, height: 5, channels: 1), to: path + "/2.png", overwrite: true)
    #expect(videoFailure(path)?.reason.contains("1 channel,") == true)
    try folder.write("", to: "frames/2.png")
    #expect(videoFailure(path)?.path == path + "/2.png")
  }

  @Test("Frames whose samples have no full range are refused, not stretched one by one")
  func framesWithoutRange() throws {
    let path = try folder.makeFolder("frames")
    let brightness: [Float] = [1, 0.1]
    for (number, value) in brightness.enumerated() {
      try folder.write(
        NumpyFile.encoded([0, value], shape: [1, 2]), to: "frames/\(number + 1).npy")
    }
    let floats = videoFailure(path)
    #expect(floats?.path == path + "/1.npy" && floats?.kind == .unsupported)
    #expect(
      floats?.reason
        == "this frame has float32 samples, which say nothing about the range of the clip")
    #expect(floats?.advice == "convert all frames to 8 or 16 bits with the same range")
    // Whole numbers from 0 have a range, and those with a sign have none.
    let samples: [UInt8] = [0, 0, 51, 0]
    try folder.write(
      NumpyFile.encoded(samples, descr: "<u2", shape: [1, 2]), to: "frames/1.npy")
    try folder.write(
      NumpyFile.encoded(samples, descr: "<i2", shape: [1, 2]), to: "frames/2.npy")
    let signed = videoFailure(path)
    #expect(signed?.path == path + "/2.npy")
    #expect(signed?.reason.hasPrefix("this frame has signed 16-bit samples") == true)
    try folder.write(
      NumpyFile.encoded(Array(samples[1...2]), descr: "|u1", shape: [1, 2]), to: "frames/2.npy")
    let store = try VideoFrames(reading: path)
    #expect(store.frameCount == 2)
    #expect(abs(store.frame(0).values[1] - 51.0 / 65_535) < 1e-6)
    #expect(abs(store.frame(1).values[1] - 0.2) < 1e-6)
  }
}
