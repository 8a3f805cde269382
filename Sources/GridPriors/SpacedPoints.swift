import Signals

/// Chooses pixels of high score that keep a distance from each other.
package enum SpacedPoints {
  /// The best pixels.
  ///
  /// - Parameters:
  ///   - count: the number of points; fewer are returned if fewer pixels are open.
  ///   - scores: one per pixel.
  ///   - mask: the size of the picture, and the pixels to exclude.
  /// - Returns: positions, best first.
  package static func best(
    _ count: Int, of scores: [Float], excluding mask: PixelMask
  ) -> [(row: Int, column: Int)] {
    let (width, height) = (mask.width, mask.height)
    let means = averaged(scores, width: width, height: height)
    let open = mask.observed.indices.filter { !mask.observed[$0] }
      .sorted { (means[$1], $0) < (means[$0], $1) }
    var chosen: [(row: Int, column: Int)] = []
    var isTaken = [Bool](repeating: false, count: mask.observed.count)
    // Half the distance of as many points in a square lattice; smaller ones follow until there are enough.
    var distance = (Double(open.count) / Double(max(1, count))).squareRoot() / 2
    while chosen.count < count {
      var isBlocked = [Bool](repeating: false, count: mask.observed.count)
      for point in chosen { block(point, distance, &isBlocked, width, height) }
      for pixel in open where !isTaken[pixel] && !isBlocked[pixel] {
        let point = (row: pixel / width, column: pixel % width)
        chosen.append(point)
        isTaken[pixel] = true
        block(point, distance, &isBlocked, width, height)
        if chosen.count == count { break }
      }
      if distance < 1 { break }
      distance /= 2
    }
    return chosen
  }

  /// Marks the pixels closer than a distance to a point.
  private static func block(
    _ point: (row: Int, column: Int), _ distance: Double, _ isBlocked: inout [Bool], _ width: Int,
    _ height: Int
  ) {
    let reach = Int(distance)
    for row in max(0, point.row - reach)...min(height - 1, point.row + reach) {
      for column in max(0, point.column - reach)...min(width - 1, point.column + reach) {
        let (y, x) = (Double(row - point.row), Double(column - point.column))
        if y * y + x * x < distance * distance { isBlocked[row * width + column] = true }
      }
    }
  }

  /// The mean of the scores around each pixel, with the weights of a binomial filter.
  ///
  /// The pixel itself counts most, so the highest of them is at an isolated peak and not beside it.
  private static func averaged(_ scores: [Float], width: Int, height: Int) -> [Float] {
    (0..<scores.count).map { pixel in
      let (row, column) = (pixel / width, pixel % width)
      var (sum, total): (Float, Float) = (0, 0)
      for y in max(0, row - 1)...min(height - 1, row + 1) {
        for x in max(0, column - 1)...min(width - 1, column + 1) {
          let weight: Float = (y == row ? 2 : 1) * (x == column ? 2 : 1)
          sum += weight * scores[y * width + x]
          total += weight
        }
      }
      return sum / total
    }
  }
}
