/// Positions along an axis of a picture, in pixels: 0 is the centre of the first pixel, and a pixel
/// reaches half a pixel around its centre.
public enum PixelPosition {
  /// Whether a position lies on a pixel: in -0.5...(size - 0.5).
  ///
  /// - Parameter size: pixels along the axis.
  public static func isInside(_ position: Float, size: Int) -> Bool {
    position >= -0.5 && position <= Float(size) - 0.5
  }

  /// The index of the pixel that a position lies on, or nil if it lies on none or is not a number.
  ///
  /// On the border of two pixels it is the second, except at the picture's edges, where there is one
  /// pixel alone.
  ///
  /// - Parameter size: pixels along the axis.
  public static func nearestPixel(to position: Float, size: Int) -> Int? {
    isInside(position, size: size) ? clampedPixel(nearestTo: position, size: size) : nil
  }

  /// The index of the pixel that a position lies on; positions beyond the border belong to the outermost pixel.
  ///
  /// - Parameters:
  ///   - position: a number; with more digits, borders of pixels are told apart more finely.
  ///   - size: pixels along the axis.
  @inlinable
  public static func clampedPixel<Position: BinaryFloatingPoint>(
    nearestTo position: Position, size: Int
  ) -> Int {
    Int(min(max(position, 0), Position(size - 1)).rounded())
  }

  /// The position of a coordinate, of which -1 is the centre of the first pixel and 1 that of the last.
  ///
  /// - Parameter size: pixels along the axis.
  @inlinable
  public static func position<Position: BinaryFloatingPoint>(
    ofCoordinate coordinate: Position, size: Int
  ) -> Position {
    (coordinate + 1) / 2 * Position(size - 1)
  }
}

extension PixelObservations {
  /// The pixel that a point lies on in a picture of the given size, or nil if it lies on none; see
  /// ``PixelPosition``.
  public func nearestPixel(of point: Int, width: Int, height: Int) -> (row: Int, column: Int)? {
    guard let row = PixelPosition.nearestPixel(to: positions[2 * point], size: height),
      let column = PixelPosition.nearestPixel(to: positions[2 * point + 1], size: width)
    else { return nil }
    return (row, column)
  }
}
