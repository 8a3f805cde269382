extension Quality {
  /// The mean structural similarity of two pictures.
  ///
  /// Wang, Bovik, Sheikh and Simoncelli 2004, equation 13, computed as scikit-image's
  /// `structural_similarity` does with its defaults and `data_range=1`: windows of 7x7 equal
  /// weights, sample covariance (divided by 48), K1 0.01, K2 0.03, the mean over all windows that
  /// lie inside the picture, channels averaged. Values are clipped to 0...1 first.
  ///
  /// - Returns: -1...1, 1 for equal pictures; nil when a side is below 7.
  public static func structuralSimilarity(_ a: Image, _ b: Image) -> Double? {
    requireSameShape(a, b)
    guard a.width >= WindowSums.side, a.height >= WindowSums.side else { return nil }
    let total = (0..<a.channels).reduce(0) { $0 + structuralSimilarity(a, b, channel: $1) }
    return total / Double(a.channels)
  }

  private static func structuralSimilarity(_ a: Image, _ b: Image, channel: Int) -> Double {
    let side = WindowSums.side
    // Column sums over 7 rows, moved down by one row in and one row out: the work per pixel
    // doesn't depend on the window.
    var columns = [Moments](repeating: Moments(), count: a.width)
    var total = 0.0
    for y in 0..<a.height {
      for x in 0..<a.width {
        columns[x] += moments(a, b, y, x, channel)
        if y >= side { columns[x] -= moments(a, b, y - side, x, channel) }
      }
      guard y >= side - 1 else { continue }
      var window = Moments()
      for x in 0..<a.width {
        window += columns[x]
        if x >= side { window -= columns[x - side] }
        if x >= side - 1 { total += window.similarity }
      }
    }
    return total / Double((a.width - side + 1) * (a.height - side + 1))
  }

  private static func moments(
    _ a: Image, _ b: Image, _ y: Int, _ x: Int, _ channel: Int
  ) -> Moments {
    let index = (y * a.width + x) * a.channels + channel
    return Moments(Double(clipped(a.values[index])), Double(clipped(b.values[index])))
  }

  private enum WindowSums {
    static let side = 7
    static let count = Double(side * side)
  }

  /// Sums over a window of a, b, a squared plus b squared, and a times b; four lanes of one
  /// vector.
  ///
  /// Double precision keeps the error of adding and taking away below 1e-12.
  private struct Moments {
    var sums = SIMD4<Double>()

    init() {}
    init(_ a: Double, _ b: Double) { sums = SIMD4(a, b, a * a + b * b, a * b) }

    static func += (left: inout Moments, right: Moments) { left.sums += right.sums }
    static func -= (left: inout Moments, right: Moments) { left.sums -= right.sums }

    /// Equation 13 of the paper; both variances occur only as their sum.
    var similarity: Double {
      let count = WindowSums.count
      let meanA = sums[0] / count
      let meanB = sums[1] / count
      let correction = count / (count - 1)
      let squaredMeans = meanA * meanA + meanB * meanB
      let variances = correction * (sums[2] / count - squaredMeans)
      let covariance = correction * (sums[3] / count - meanA * meanB)
      let c1 = 0.01 * 0.01
      let c2 = 0.03 * 0.03
      return (2 * meanA * meanB + c1) * (2 * covariance + c2)
        / ((squaredMeans + c1) * (variances + c2))
    }
  }
}
