/// Sparse measurements of a picture: positions and the values measured there.
public struct PixelObservations: Sendable, Equatable {
  /// Channels of each measured value, at least 1.
  public let channels: Int
  /// `[count, 2]`, each (y, x) in pixels: fractions allowed, 0 is the centre of the first pixel.
  public var positions: [Float]
  /// `[count, channels]`, 0...1.
  public var values: [Float]

  /// Observations from positions and values.
  ///
  /// - Parameters:
  ///   - positions: `[count, 2]`, each (y, x) in pixels.
  ///   - values: `[count, channels]`, 0...1.
  public init(channels: Int, positions: [Float], values: [Float]) {
    precondition(
      channels >= 1 && positions.count.isMultiple(of: 2)
        && values.count == positions.count / 2 * channels,
      "\(positions.count) position numbers (y, x) and \(values.count) values don't make points "
        + "of \(channels) channels")
    self.channels = channels
    self.positions = positions
    self.values = values
  }

  /// Number of measured points.
  public var count: Int { positions.count / 2 }

  /// Some of the points, in the order of their indices.
  public func selecting(_ points: [Int]) -> PixelObservations {
    PixelObservations(
      channels: channels, positions: points.flatMap { positions[2 * $0..<2 * $0 + 2] },
      values: points.flatMap { values[channels * $0..<channels * ($0 + 1)] })
  }

  /// The index of the first point that lies on no pixel of a picture of the given size, or nil; see
  /// ``PixelPosition``.
  public func indexOutside(width: Int, height: Int) -> Int? {
    (0..<count).first { nearestPixel(of: $0, width: width, height: height) == nil }
  }
}
