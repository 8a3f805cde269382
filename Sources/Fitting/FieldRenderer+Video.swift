import Fields
import Signals

extension FieldRenderer {
  /// The coordinate of a frame: -1 for the first, 1 for the last; fractions lie between frames.
  public static func time(ofFrame index: Double, of count: Int) -> Double {
    count > 1 ? 2 * index / Double(count - 1) - 1 : 0
  }

  /// The moments of a clip to render.
  public struct Times: Sendable, Equatable {
    /// The first moment's coordinate.
    public var start: Double
    /// Coordinate units from one moment to the next.
    public var step: Double
    /// Number of moments, at least 1.
    public var count: Int

    /// The most moments, which is the most frames of a fitted clip.
    private static let mostMoments = 1 << 31

    /// Creates the moments of a clip.
    ///
    /// - Parameters:
    ///   - frames: frames of the fitted clip, which span -1...1.
    ///   - rate: frames per second of the fitted clip, above 0.
    ///   - newRate: frames per second of the clip to be made, above 0.
    ///   - seconds: the part of the clip to render, from its start.
    /// - Throws: ``RenderingError/frameRate(_:)`` and ``RenderingError/clipLength(frames:most:)``.
    public init(
      frames: Int, rate: Double, newRate: Double, seconds: ClosedRange<Double>? = nil
    ) throws {
      for number in [rate, newRate] where !(number > 0 && number.isFinite) {
        throw RenderingError.frameRate(number)
      }
      let unit = frames > 1 ? 2 / Double(frames - 1) : 0
      let span = seconds ?? 0...Double(frames - 1) / rate
      start = frames > 1 ? span.lowerBound * rate * unit - 1 : 0
      step = rate / newRate * unit
      let length = ((span.upperBound - span.lowerBound) * newRate + 1e-6).rounded(.down) + 1
      guard length <= Double(Self.mostMoments) else {
        throw RenderingError.clipLength(frames: length, most: Self.mostMoments)
      }
      count = max(1, Int(length))
    }
  }
}

extension FieldRenderer.Rendering {
  /// The samples as a picture of values 0...1.
  public func image(_ view: FieldRenderer.View) -> Image {
    Image(
      width: view.width, height: view.height, channels: channels,
      values: samples.map { Float($0) / 255 })
  }
}
