import Files
import Foundation
import Signals
import TestSupport
import Testing

/// A small clip for tests: different frames, odd sides, all levels.
func testFrames(_ count: Int = 3, width: Int = 7, height: Int = 5, channels: Int = 3) -> [Image] {
  (0..<count).map { number in
    var image = Image.pattern(width: width, height: height, channels: channels)
    for index in image.values.indices {
      image.values[index] = Float((Int(image.values[index] * 255 + 0.5) + 40 * number) % 256) / 255
    }
    return image
  }
}

/// All frames of a clip.
func framesRead(_ path: String, limits: VideoLimits = .standard) throws -> [Image] {
  try framesRead(VideoReader(path, limits: limits))
}

/// All frames of a reader.
func framesRead(_ reader: VideoReader) throws -> [Image] {
  var frames: [Image] = []
  while let frame = try reader.nextFrame() { frames.append(frame) }
  return frames
}

/// The largest difference between two clips of the same shape; infinite for others.
func largestDifference(_ first: [Image], _ second: [Image]) -> Float {
  guard first.count == second.count else { return .infinity }
  return zip(first, second).map { a, b -> Float in
    guard a.width == b.width, a.height == b.height, a.channels == b.channels else {
      return .infinity
    }
    return zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
  }.max() ?? 0
}

/// Writes a clip and checks that nothing else is left.
func writeClip(
  _ frames: [Image], to path: String, rate: FrameRate, overwrite: Bool = false,
  programs: ProgramFolders = .environment
) throws {
  let writer = try VideoWriter(
    path, width: frames[0].width, height: frames[0].height, channels: frames[0].channels,
    frameRate: rate, overwrite: overwrite, programs: programs)
  for frame in frames { try writer.write(frame) }
  try writer.finish()
}

/// Twenty-five frames per second.
let pal = FrameRate(25) ?? ntsc

/// A rate that is no whole number.
let ntsc: FrameRate = {
  guard let rate = FrameRate(30_000, per: 1001) else { preconditionFailure("a valid rate") }
  return rate
}()

/// The error of reading a clip, checked to be one line that names the file.
func videoFailure(
  _ path: String, limits: VideoLimits = .standard,
  sourceLocation: SourceLocation = #_sourceLocation
) -> FileError? {
  let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) {
    _ = try framesRead(path, limits: limits)
  }
  if let error {
    #expect(
      error.path.hasPrefix(path) && !error.description.contains("\n"),
      sourceLocation: sourceLocation)
  }
  return error
}
