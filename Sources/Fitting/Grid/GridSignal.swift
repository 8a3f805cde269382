import Foundation
import Signals

/// A signal that a grid of SIRENs is fitted to: samples on a regular grid, read block by block.
public protocol GridSignal: Sendable {
  /// Number of samples along each axis.
  var extents: [Int] { get }
  /// Number of values of a sample.
  var channels: Int { get }
  /// The network's values of a block of samples, in -1...1 where the signal's range is known.
  ///
  /// - Parameter ranges: one per axis, within the extents.
  /// - Returns: row-major `[ranges..., channels]`.
  func values(in ranges: [Range<Int>]) -> [Float]
  /// The quality that a mean squared error of network values stands for, in decibels.
  func decibels(ofLoss loss: Double) -> Double
}

/// The values of a picture, row by column.
public struct PictureSignal: GridSignal {
  private let image: Image

  /// A picture of values 0...1.
  public init(_ image: Image) { self.image = image }

  /// Rows and columns.
  public var extents: [Int] { [image.height, image.width] }
  /// Channels of the picture.
  public var channels: Int { image.channels }

  /// The values of a block, -1...1.
  public func values(in ranges: [Range<Int>]) -> [Float] {
    let (rows, columns) = (ranges[0], ranges[1])
    var values: [Float] = []
    values.reserveCapacity(rows.count * columns.count * channels)
    for row in rows {
      let start = (row * image.width + columns.lowerBound) * channels
      for value in image.values[start..<start + columns.count * channels] {
        values.append(2 * value - 1)
      }
    }
    return values
  }

  /// The peak signal-to-noise ratio of values 0...1.
  public func decibels(ofLoss loss: Double) -> Double {
    Quality.peakSignalToNoise(meanSquaredError: loss / 4)
  }
}

/// The samples of a sound, divided by its largest magnitude.
public struct SoundSignal: GridSignal {
  private let sound: AudioSignal
  private let peak: Float
  private let power: Double

  /// A sound.
  public init(_ sound: AudioSignal) {
    self.sound = sound
    peak = sound.peak
    let scale = Double(sound.peak)
    power =
      sound.samples.reduce(0) { $0 + Double($1) * Double($1) }
      / (scale * scale * Double(max(1, sound.samples.count)))
  }

  /// Frames.
  public var extents: [Int] { [sound.frameCount] }
  /// Channels of the sound.
  public var channels: Int { sound.channels }

  /// Some frames.
  public func values(in ranges: [Range<Int>]) -> [Float] {
    sound.samples[ranges[0].lowerBound * channels..<ranges[0].upperBound * channels]
      .map { $0 / peak }
  }

  /// The signal-to-noise ratio.
  public func decibels(ofLoss loss: Double) -> Double { 10 * log10(power / max(loss, 1e-30)) }
}
