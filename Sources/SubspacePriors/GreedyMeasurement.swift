import Numerics

/// Greedy choice of the pixels whose measurement reduces the summed variance most.
///
/// A pixel p with loadings l_p has the predictive variance `v_p = l_p^T C l_p + own_p`, and measuring it
/// lowers the summed variance of all pixels by `sum_q (l_q^T C l_p)^2 / v_p = l_p^T C G C l_p / v_p` with
/// `G = sum_q l_q l_q^T`; C then decreases by `C l_p l_p^T C / v_p`. So `R = L C` and `S = R G` get updates
/// of rank one, and a choice takes O(m J) operations for m pixels and J components, where computing them
/// again would take O(m J^2).
package struct GreedyMeasurement {
  /// `[m, J]`.
  private let loadings: DoubleMatrix
  /// R, `[m, J]`.
  private var reached: DoubleMatrix
  /// S, `[m, J]`.
  private var spread: DoubleMatrix
  /// The part of v that measuring other pixels does not reduce, `[m]`.
  private let own: [Double]
  /// v, `[m]`.
  private var variances: [Double]

  /// - Parameters:
  ///   - loadings: how each pixel depends on the code, one row per pixel.
  ///   - own: the part of each pixel's variance that the code does not explain, noise included; above 0.
  ///   - covariance: the covariance of the code.
  package init(loadings: DoubleMatrix, own: [Double], covariance: DoubleMatrix) {
    self.loadings = loadings
    self.own = own
    reached = loadings.multiplied(by: covariance)
    spread = reached.multiplied(by: loadings.gram())
    variances = own
    for (pixel, sum) in reached.rowProducts(with: loadings).enumerated() {
      variances[pixel] += sum
    }
  }

  /// The best pixel among the open ones, given those measured before; nil if none is open.
  package func best(among isOpen: [Bool]) -> Int? {
    let gains = spread.rowProducts(with: reached)
    var best: (worth: Double, pixel: Int)?
    for pixel in gains.indices where isOpen[pixel] {
      let worth = gains[pixel] / variances[pixel]
      if worth > best?.worth ?? -.infinity { best = (worth, pixel) }
    }
    return best?.pixel
  }

  /// Counts a pixel as measured.
  package mutating func measure(_ pixel: Int) {
    let direction = reached.row(pixel)
    let turned = spread.row(pixel)
    let seen = loadings.multiplied(by: direction)
    let variance = variances[pixel]
    for (other, covariance) in seen.enumerated() {
      let share = covariance / variance
      // Rounding must not make a variance smaller than its own part.
      variances[other] = max(variances[other] - share * covariance, own[other])
      reached.subtract(direction, times: share, fromRow: other)
      spread.subtract(turned, times: share, fromRow: other)
    }
  }
}
