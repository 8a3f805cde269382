import Signals

/// The frames of a clip, read from its store in parts.
public struct VideoSignal: GridSignal {
  private let frames: VideoFrames

  /// Creates the signal of a clip with values 0...1.
  public init(_ frames: VideoFrames) { self.frames = frames }

  /// The numbers of frames, rows and columns.
  public var extents: [Int] { [frames.frameCount, frames.info.height, frames.info.width] }
  /// Number of channels of a frame.
  public var channels: Int { frames.info.channels }

  /// The values of a block, -1...1.
  public func values(in ranges: [Range<Int>]) -> [Float] {
    var values = frames.values(frames: ranges[0], rows: ranges[1], columns: ranges[2])
    for index in values.indices { values[index] = 2 * values[index] - 1 }
    return values
  }

  /// The peak signal-to-noise ratio of values 0...1.
  public func decibels(ofLoss loss: Double) -> Double {
    Quality.peakSignalToNoise(meanSquaredError: loss / 4)
  }
}
