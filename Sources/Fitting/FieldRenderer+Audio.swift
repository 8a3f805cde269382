import DifferentiableCore
import Fields
import Signals

extension FieldRenderer {
  /// Number of frames evaluated at once.
  private static let blockFrames = 1 << 16

  /// The times of a sound's frames, in the field's coordinate.
  public struct Timing: Sendable, Equatable {
    /// Frames per second of the sound to be made.
    public var sampleRate: Int
    /// Number of frames to make, at least 1.
    public var frames: Int
    /// The coordinate of the first frame.
    public var start: Double
    /// Coordinate units from one frame to the next.
    public var step: Double

    /// Creates the timing of frames from the coordinate -1 on, at a given sample rate.
    ///
    /// - Parameters:
    ///   - original: frames of the fitted sound, which span -1...1, end points included.
    ///   - originalRate: frames per second of the fitted sound.
    ///   - sampleRate: frames per second of the sound to be made; a different rate resamples exactly.
    ///   - frames: number of frames to make; more than were fitted continue beyond 1.
    public init(original: Int, originalRate: Int, sampleRate: Int, frames: Int, start: Double = -1)
    {
      self.sampleRate = sampleRate
      self.frames = frames
      self.start = original > 1 ? start : 0
      step = original > 1 ? 2 / Double(original - 1) * Double(originalRate) / Double(sampleRate) : 0
    }
  }

  /// The timing of a fitted sound, or of a part of it, at any rate.
  ///
  /// - Parameters:
  ///   - signal: the fitted signal; unless it is a sound, `seconds` must be given.
  ///   - channels: channels of the field.
  ///   - sampleRate: frames per second; nil for that of the signal, 44,100 if it is unknown.
  ///   - seconds: the length; nil for that of the range.
  ///   - range: the coordinates of the first and the last frame; nil for -1...1.
  /// - Throws: ``RenderingError``.
  public static func timing(
    of signal: FittedSignal?, channels: Int, sampleRate: Int? = nil, seconds: Double? = nil,
    range: ClosedRange<Float>? = nil
  ) throws -> Timing {
    let limit = AudioLimits.standard.maximumSamples / max(1, channels)
    var (original, originalRate) = (0, sampleRate ?? 44_100)
    if case .audio(let fittedRate, let frames, _, _)? = signal {
      (original, originalRate) = (frames, fittedRate)
    } else {
      guard let seconds else { throw RenderingError.unknownLength }
      let frames = (seconds * Double(originalRate)).rounded()
      guard frames <= Double(limit) else {
        throw RenderingError.soundLength(frames: frames, most: limit)
      }
      original = Int(frames)
    }
    let newRate = sampleRate ?? originalRate
    let span = range.map { Double($0.upperBound) - Double($0.lowerBound) } ?? 2
    // A range is a part of the fitted length, corners included.
    let length = Double(original - 1) * span / 2 / Double(originalRate)
    let frames =
      seconds.map { $0 * Double(newRate) } ?? (length * Double(newRate)).rounded(.down) + 1
    guard frames >= 1, frames <= Double(limit) else {
      throw RenderingError.soundLength(frames: frames, most: limit)
    }
    return Timing(
      original: original, originalRate: originalRate, sampleRate: newRate,
      frames: Int(frames.rounded()), start: range.map { Double($0.lowerBound) } ?? -1)
  }

  /// Renders the sound of a field, block by block.
  ///
  /// - Parameters:
  ///   - quantity: `value`, `gradient` (the derivative) or `laplacian` (the second derivative).
  ///   - field: a field of one coordinate.
  ///   - peak: the factor on values. A derivative is divided by its largest magnitude instead, because its own unit
  ///     is far beyond full scale.
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
