import Numerics

/// The choice of the pixels whose measurement tells most, one after the other.
///
/// A pixel p of loadings l_p has the predictive variance `v_p = l_p^T C l_p + own_p`, and measuring it
/// lowers the summed variance of all pixels by `sum_q (l_q^T C l_p)^2 / v_p = l_p^T C G C l_p / v_p` with
/// `G = sum_q l_q l_q^T`; then C loses `C l_p l_p^T C / v_p`. So `R = L C` and `S = R G` lose products of
/// rank one, and a choice takes O(m J) operations for m pixels and J components instead of the O(m J^2) of
/// multiplying anew.
package struct GreedyMeasurement {
  /// `[m, J]`.
  private let loadings: DoubleMatrix
  /// R, `[m, J]`.
  private var reached: DoubleMatrix
  /// S, `[m, J]`.
  private var spread: DoubleMatrix
  /// What of v measuring other pixels cannot take away, `[m]`.
  private let own: [Double]
  /// v, `[m]`.
  private var variances: [Double]

  /// - Parameters:
  ///   - loadings: of the code, a row a pixel.
  ///   - own: what of each pixel's variance the code does not explain, noise included; above 0.
  ///   - covariance: of the code.
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

  /// The pixel that tells most among some, given all that were measured; nil if there are none.
  package func best(among isOpen: [Bool]) -> Int? {
    let gains = spread.rowProducts(with: reached)
    var best: (worth: Double, pixel: Int)?
    for pixel in gains.indices where isOpen[pixel] {
      let worth = gains[pixel] / variances[pixel]
      if worth > best?.worth ?? -.infinity { best = (worth, pixel) }
    }
    return best?.pixel
  }

  /// Takes a pixel as measured.
  package mutating func measure(_ pixel: Int) {
    let direction = reached.row(pixel)
    let turned = spread.row(pixel)
    let seen = loadings.multiplied(by: direction)
    let variance = variances[pixel]
    for (other, covariance) in seen.enumerated() {
      let share = covariance / variance
      // Rounding must not take more than there is to take.
      variances[other] = max(variances[other] - share * covariance, own[other])
      reached.subtract(direction, times: share, fromRow: other)
      spread.subtract(turned, times: share, fromRow: other)
    }
  }
}

extension DoubleMatrix {
  /// Takes a multiple of a vector from one row.
  fileprivate mutating func subtract(_ vector: [Double], times factor: Double, fromRow row: Int) {
    let start = row * columns
    values.withUnsafeMutableBufferPointer { values in
      for index in vector.indices { values[start + index] -= factor * vector[index] }
    }
  }
}
