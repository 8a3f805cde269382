import DifferentiableCore
import Fields
import Signals

extension FieldRenderer {
  /// Frames evaluated at once.
  private static let blockFrames = 1 << 16

  /// When a sound's frames are, in the field's coordinate.
  public struct Timing: Sendable, Equatable {
    /// Of the sound to be made, frames a second.
    public var sampleRate: Int
    /// Number of frames to make, at least 1.
    public var frames: Int
    /// The coordinate of the first frame.
    public var start: Double
    /// Coordinate units from a frame to the next one.
    public var step: Double

    /// Frames from the coordinate -1 on, at a rate of their own.
    ///
    /// - Parameters:
    ///   - original: frames of the sound that was fitted, which span -1...1, corners included.
    ///   - originalRate: its frames a second.
    ///   - sampleRate: of the sound to be made; another one resamples exactly.
    ///   - frames: how many to make; more than were fitted go on beyond 1.
    public init(original: Int, originalRate: Int, sampleRate: Int, frames: Int, start: Double = -1)
    {
      self.sampleRate = sampleRate
      self.frames = frames
      self.start = original > 1 ? start : 0
      step = original > 1 ? 2 / Double(original - 1) * Double(originalRate) / Double(sampleRate) : 0
    }
  }

  /// The sound of a field, block by block.
  ///
  /// - Parameters:
  ///   - quantity: `value`, `gradient` (the derivative) or `laplacian` (the second derivative).
  ///   - field: of one coordinate.
  ///   - peak: the factor on values. A derivative is divided by its largest magnitude instead, since
  ///     its own unit is far beyond full scale.
  public static func sound(
    _ quantity: FieldQuantity = .value, of field: any Field, _ timing: Timing, peak: Float
  ) -> AudioSignal {
    precondition(
      field.coordinates == 1,
      "a sound needs a field of 1 coordinate, not \(field.coordinates)")
    var samples: [Float] = []
    samples.reserveCapacity(timing.frames * field.outputs)
    for start in stride(from: 0, to: timing.frames, by: blockFrames) {
      let coordinates = (start..<min(timing.frames, start + blockFrames)).map {
        timing.start + timing.step * Double($0)
      }
      let block = field.evaluate(at: coordinates, derivatives: quantity.derivatives)
      switch quantity.derivatives {
      case .none: samples += block.value
      case .gradient: samples += block.gradient
      case .laplacian: samples += block.laplacian
      }
    }
    var factor = peak
    if quantity != .value {
      let largest = samples.reduce(0) { max($0, abs($1)) }
      factor = largest > 0 ? 1 / largest : 1
    }
    for index in samples.indices { samples[index] *= factor }
    return AudioSignal(
      sampleRate: timing.sampleRate, channels: field.outputs, samples: samples)
  }
}
