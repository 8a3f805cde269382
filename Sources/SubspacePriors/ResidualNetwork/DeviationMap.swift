import Foundation

/// Factors on standard deviations, known on a grid over the square -1...1.
struct DeviationMap: Sendable {
  /// Places along each axis.
  let size: Int
  /// `[size, size]`, row-major.
  let logarithms: [Float]

  /// The factors at positions: logarithms go over linearly from place to place.
  ///
  /// - Parameter coordinates: `[m, 2]`, (row, column); beyond the border the border's count.
  func factors(at coordinates: [Float]) -> [Double] {
    (0..<coordinates.count / 2).map { point in
      let (row, down) = place(coordinates[2 * point])
      let (column, across) = place(coordinates[2 * point + 1])
      let (below, right) = (min(row + 1, size - 1), min(column + 1, size - 1))
      let upper =
        (1 - across) * logarithms[row * size + column] + across * logarithms[row * size + right]
      let lower =
        (1 - across) * logarithms[below * size + column] + across * logarithms[below * size + right]
      return exp(Double((1 - down) * upper + down * lower))
    }
  }

  private func place(_ coordinate: Float) -> (first: Int, part: Float) {
    let last = Float(size - 1)
    let position = min(max((coordinate + 1) / 2 * last, 0), last)
    guard position.isFinite else { return (0, 0) }
    return (Int(position), position - Float(Int(position)))
  }
}
