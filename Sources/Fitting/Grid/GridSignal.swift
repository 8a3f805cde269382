import Foundation
import Numerics
import Signals

/// A signal to which a grid of SIRENs is fitted: samples on a regular grid, read block by block.
public protocol GridSignal: Sendable {
  /// Number of samples along each axis.
  var extents: [Int] { get }
  /// Number of values per sample.
  var channels: Int { get }
  /// Returns the network values of a block of samples, in -1...1 if the signal's range is known.
  ///
  /// - Parameter ranges: one range per axis, within the extents.
  /// - Returns: row-major `[ranges..., channels]`.
  func values(in ranges: [Range<Int>]) -> [Float]
  /// Converts a mean squared error of network values to a quality in decibels.
  func decibels(ofLoss loss: Double) -> Double
  /// The samples along the first axis that this member of a group counts as its own, if the members hold parts of the
  /// signal; nil if each holds all of it.
  var ownRows: Range<Int>? { get }
}

extension GridSignal {
  /// All samples are held.
  public var ownRows: Range<Int>? { nil }
}

extension GridSignal {
  /// A value that is changed with the values of all samples in their order, slab by slab along the first axis; members
  /// of a group that hold parts of the signal do it one after the other.
  func reduce<Value: GroupMessage>(
    into value: Value, _ body: (inout Value, [Float]) -> Void
  ) -> Value {
    let rest = extents.dropFirst().map { 0..<$0 }
    let slab = max(1, (1 << 18) / max(1, rest.reduce(channels) { $0 * $1.count }))
    let rows = ownRows ?? 0..<extents[0]
    func all(_ value: inout Value) {
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: slab) {
        body(&value, values(in: [start..<min(rows.upperBound, start + slab)] + rest))
      }
    }
    if ownRows != nil { return WorkGroup.current.inTurn(value, all) }
    var value = value
    all(&value)
    return value
  }

  /// The mean squared error of the best constant: the mean over channels of each channel's variance.
  ///
  /// The signal is read slab by slab.
  public var variance: Double {
    reduce(into: ChannelMoments(channels: channels)) { $0.add($1) }.variance
  }
}

/// The values of a picture, row by column.
public struct PictureSignal: GridSignal {
  private let image: Image

  /// Creates the signal of a picture with values 0...1.
  public init(_ image: Image) { self.image = image }

  /// The numbers of rows and columns.
  public var extents: [Int] { [image.height, image.width] }
  /// Number of channels of the picture.
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

  /// Creates the signal of a sound that is not silent.
  public init(_ sound: AudioSignal) {
    self.sound = sound
    peak = sound.peak
    let scale = Double(sound.peak)
    power =
      sound.samples.reduce(0) { $0 + Double($1) * Double($1) }
      / (scale * scale * Double(max(1, sound.samples.count)))
  }

  /// The number of frames.
  public var extents: [Int] { [sound.frameCount] }
  /// Number of channels of the sound.
  public var channels: Int { sound.channels }

  /// Returns the values of some frames.
  public func values(in ranges: [Range<Int>]) -> [Float] {
    sound.samples[ranges[0].lowerBound * channels..<ranges[0].upperBound * channels]
      .map { $0 / peak }
  }

  /// The signal-to-noise ratio.
  public func decibels(ofLoss loss: Double) -> Double { 10 * log10(power / max(loss, 1e-30)) }
}
