import Signals

/// How far the rest of a picture is from its observed points, compared with as many random points.
package enum FillDistance {
  /// The mean distance of the unobserved cells of a grid from the nearest observed cell, divided by the same
  /// for random points.
  ///
  /// At least 1. About 1 for random points, 3 for a hidden block and 6 for a hidden half of a 32x32 picture.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, 2]` in -1...1.
  ///   - side: cells of the grid along each axis.
  package static func ratio(_ coordinates: [Float], side: Int) -> Double {
    var observed = [Bool](repeating: false, count: side * side)
    let cell = { (value: Float) in
      PixelPosition.clampedPixel(
        nearestTo: PixelPosition.position(ofCoordinate: value, size: side), size: side)
    }
    for point in 0..<coordinates.count / 2 {
      observed[cell(coordinates[2 * point]) * side + cell(coordinates[2 * point + 1])] = true
    }
    let count = observed.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard count > 0, count < side * side else { return 1 }
    let random = PixelMask.random(width: side, height: side, keeping: count, seed: 1)
    return max(1, distance(observed, side) / distance(random.observed, side))
  }

  /// The mean distance of unobserved cells from the nearest observed one, counted along rows and columns, by
  /// one pass forwards and one backwards.
  private static func distance(_ observed: [Bool], _ side: Int) -> Double {
    var nearest = observed.map { $0 ? 0 : 2 * side }
    for cell in nearest.indices {
      if cell >= side { nearest[cell] = min(nearest[cell], nearest[cell - side] + 1) }
      if cell % side > 0 { nearest[cell] = min(nearest[cell], nearest[cell - 1] + 1) }
    }
    for cell in nearest.indices.reversed() {
      if cell + side < nearest.count {
        nearest[cell] = min(nearest[cell], nearest[cell + side] + 1)
      }
      if cell % side < side - 1 { nearest[cell] = min(nearest[cell], nearest[cell + 1] + 1) }
    }
    let away = nearest.filter { $0 > 0 }
    return Double(away.reduce(0, +)) / Double(max(1, away.count))
  }
}
