import Files
import Foundation
import Signals
import TestSupport
import Testing

@Suite("Clips written and read again") struct VideoRoundTripTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("y4m is exact to two of 255 levels", arguments: [1, 3])
  func y4m(channels: Int) throws {
    let frames = testFrames(channels: channels)
    let path = folder.file("a.y4m")
    try writeClip(frames, to: path, rate: ntsc)
    let info = try VideoReader(path).info
    #expect(info.format == .y4m && info.frameCount == 3 && info.frameRate == ntsc)
    #expect(info.width == 7 && info.height == 5 && info.channels == channels && !info.isDeep)
    #expect(largestDifference(try framesRead(path), frames) <= 2.0 / 255)
    #expect(try folder.names() == ["a.y4m"])
  }

  @Test("y4m of 720 rows uses the matrix of high definition")
  func highDefinition() throws {
    let red = Image(
      width: 1, height: 720, channels: 3, values: (0..<2160).map { $0 % 3 == 0 ? 1 : 0 })
    let path = folder.file("a.y4m")
    try writeClip([red], to: path, rate: pal)
    #expect(largestDifference(try framesRead(path), [red]) <= 2.0 / 255)
    let luma = try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(2 * 720).last
    // Red in BT.709 is 16 + 219 * 0.2126.
    #expect(luma == 63)
  }

  @Test("Animated PNG is exact", arguments: [1, 2, 3, 4], ["png", "apng"])
  func animatedPNG(channels: Int, ending: String) throws {
    let frames = testFrames(channels: channels)
    let path = folder.file("a." + ending)
    try writeClip(frames, to: path, rate: pal)
    let info = try VideoReader(path).info
    #expect(info.format == .animatedPNG && info.frameCount == 3 && info.frameRate == pal)
    #expect(largestDifference(try framesRead(path), frames) < 1e-6)
    // Other programs see the first picture.
    #expect(try ImageFile.read(path) == (try framesRead(path))[0])
    let together = try AnimatedPNG.encode(frames, milliseconds: 40)
    let other = try folder.write(together, to: "b.png")
    #expect(try framesRead(other) == framesRead(path))
    #expect(try VideoReader(other).info.frameRate == pal)
  }

  @Test("A folder of pictures is exact and in the order of its numbers")
  func pictures() throws {
    let frames = testFrames(12)
    let path = folder.file("frames")
    try writeClip(frames, to: path + "/", rate: pal)
    #expect(try folder.names() == ["frames"])
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(names.first == "frame-000001.png" && names.count == 12)
    let info = try VideoReader(path).info
    #expect(info.format == .pictures && info.frameCount == 12 && info.frameRate == nil)
    #expect(largestDifference(try framesRead(path), frames) < 1e-6)
    #expect(throws: FileError.self) { try writeClip(frames, to: path, rate: pal) }
    try writeClip(Array(frames[..<2]), to: path, rate: pal, overwrite: true)
    #expect(try VideoReader(path).info.frameCount == 2)
  }

  @Test("Frames are ordered by number without leading zeros")
  func naturalOrder() throws {
    let frames = testFrames(11)
    let path = try folder.makeFolder("frames")
    for (number, frame) in frames.enumerated() {
      try ImageFile.writePNG(frame, to: path + "/shot\(number).png", overwrite: false)
    }
    try folder.write("not a frame", to: "frames/README.txt")
    try folder.write("hidden", to: "frames/.hidden.png")
    try folder.makeFolder("frames/more")
    #expect(largestDifference(try framesRead(path), frames) < 1e-6)
  }

  @Test("Frames can be skipped", arguments: ["a.y4m", "a.png", "a/"])
  func skipping(name: String) throws {
    let frames = testFrames(5)
    let path = folder.file(name)
    try writeClip(frames, to: path, rate: pal)
    let all = try framesRead(path)
    let reader = try VideoReader(path)
    #expect(try reader.skip(3) == 3)
    #expect(try reader.nextFrame() == all[3])
    #expect(reader.position == 4)
    #expect(try reader.skip(7) == 1)
    #expect(try reader.nextFrame() == nil)
  }

  @Test("An unfinished or refused clip leaves nothing", arguments: ["a.y4m", "a.png", "a"])
  func unfinished(name: String) throws {
    let path = folder.file(name)
    do {
      let writer = try VideoWriter(path, width: 7, height: 5, channels: 3, frameRate: pal)
      try writer.write(testFrames()[0])
    }
    #expect(try folder.names().isEmpty)
    do {
      let writer = try VideoWriter(path, width: 7, height: 5, channels: 3, frameRate: pal)
      #expect(throws: FileError.self) { try writer.finish() }
    }
    #expect(try folder.names().isEmpty)
  }

  @Test("A clip that cannot be written is refused before the first frame")
  func refusals() throws {
    func failure(_ name: String, channels: Int = 3) -> FileError? {
      #expect(throws: FileError.self) {
        try VideoWriter(
          folder.file(name), width: 2, height: 2, channels: channels, frameRate: pal)
      }
    }
    let formats = try #require(failure("a.avi")?.advice)
    for name in ["y4m", "apng", "png", "mp4", "mov", "mkv", "webm", "gif", "folder"] {
      #expect(formats.contains(name))
    }
    #expect(failure("a.y4m", channels: 4)?.kind == .unsupported)
    #expect(failure("a.y4m", channels: 2)?.kind == .unsupported)
    #expect(failure("a.png", channels: 5)?.kind == .unsupported)
    #expect(failure("absent/a.y4m")?.kind == .folderMissing)
    #expect(throws: FileError.self) {
      try VideoWriter.checkWritable(folder.file("absent/a"), overwrite: false)
    }
    try VideoWriter.checkWritable(folder.file("a.y4m"), overwrite: false)
    #expect(try folder.names().isEmpty)
  }

  @Test("Rates are fractions in lowest terms")
  func rates() {
    #expect(FrameRate(50, per: 2) == FrameRate(25))
    #expect(FrameRate(30_000, per: 1001)?.description == "30000/1001")
    #expect(FrameRate(0) == nil && FrameRate(1, per: 0) == nil && FrameRate(1 << 31) == nil)
  }
}
