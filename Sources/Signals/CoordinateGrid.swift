/// The one definition of the coordinates at which fields are evaluated.
///
/// Each axis spans [-1, 1] with its corners included: index `i` of `n` is at `-1 + 2i / (n - 1)`,
/// and the only index of an axis of size 1 is at 0. The first axis is the row (y), the second the
/// column (x). This is the grid of the SIREN paper's code (`get_mgrid`), with its division by
/// zero at size 1 removed.
public enum CoordinateGrid {
  /// The coordinate of an index along an axis.
  ///
  /// - Parameters:
  ///   - index: 0 is the first sample's centre; fractions lie between samples, and indices
  ///     outside 0...(size - 1) lie outside [-1, 1].
  ///   - size: number of samples along the axis, at least 1.
  public static func coordinate(ofIndex index: Double, size: Int) -> Float {
    precondition(size >= 1, "an axis needs at least 1 sample, got \(size)")
    guard size > 1 else { return 0 }
    return Float((2 * index - Double(size - 1)) / Double(size - 1))
  }

  /// The coordinates of all samples along an axis, `[size]`.
  public static func axis(size: Int) -> [Float] {
    (0..<size).map { coordinate(ofIndex: Double($0), size: size) }
  }

  /// Coordinates at equal steps over a range with both ends; a single one is in the middle.
  ///
  /// - Parameters:
  ///   - size: number of coordinates, at least 1.
  ///   - range: the range; samples lie in -1...1.
  public static func axis(size: Int, over range: ClosedRange<Float>) -> [Float] {
    let middle = Double(range.lowerBound) / 2 + Double(range.upperBound) / 2
    let half = Double(range.upperBound) / 2 - Double(range.lowerBound) / 2
    return axis(size: size).map { Float(middle + half * Double($0)) }
  }

  /// The coordinates of all pixels, `[height * width, 2]` in row-major order, each (y, x).
  public static func points(height: Int, width: Int) -> [Float] {
    points(rows: axis(size: height)[...], columns: axis(size: width))
  }

  /// All pairs of a row's and a column's coordinate, `[rows * columns, 2]` in row-major order.
  public static func points(rows: ArraySlice<Float>, columns: [Float]) -> [Float] {
    var points: [Float] = []
    points.reserveCapacity(2 * rows.count * columns.count)
    for y in rows {
      for x in columns {
        points.append(y)
        points.append(x)
      }
    }
    return points
  }

  /// The coordinates of measured points in a picture of the given size, `[count, 2]`, each (y, x).
  public static func points(
    of observations: PixelObservations, height: Int, width: Int
  ) -> [Float] {
    observations.positions.indices.map {
      coordinate(
        ofIndex: Double(observations.positions[$0]), size: $0.isMultiple(of: 2) ? height : width)
    }
  }
}
