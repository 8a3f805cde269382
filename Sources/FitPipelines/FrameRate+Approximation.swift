import Foundation
import Signals

extension FrameRate {
  /// Whole rates beside which cameras have a slower one, by 1000/1001.
  private static let cameraRates = [24, 30, 48, 60, 120, 240]

  /// Creates the fraction that a number of frames per second stands for.
  ///
  /// The first digits of a camera's rate, such as 29.97, stand for its fraction, 30000/1001. Any other number stands
  /// for a fraction of small numbers that differs from it by a billionth at most, if parts of 31 bits allow that.
  ///
  /// - Returns: nil outside of ``ClipRendering/frameRates``.
  init?(approximating rate: Double) {
    guard ClipRendering.frameRates.contains(rate) else { return nil }
    if let whole = Self.cameraRates.first(where: { Self.isRounded(rate, of: $0) }) {
      self.init(whole * 1_000, per: 1_001)
    } else {
      self.init(nearestTo: rate)
    }
  }

  /// Whether a number is a camera's rate, rounded to 2 to 6 digits behind the point.
  private static func isRounded(_ rate: Double, of whole: Int) -> Bool {
    let exact = Double(whole) * 1_000 / 1_001
    return (2...6).contains { digits in
      let unit = pow(10, Double(digits))
      return abs(rate * unit - (exact * unit).rounded()) < 1e-6
    }
  }

  /// The first convergent of a number's continued fraction that is near enough, or the last one with parts of 31 bits.
  private init?(nearestTo rate: Double) {
    var (numerator, denominator) = (rate.rounded(.down), 1.0)
    var (lastNumerator, lastDenominator) = (1.0, 0.0)
    var rest = rate - numerator
    while abs(numerator / denominator - rate) > 1e-9 * rate, rest > 0 {
      let whole = (1 / rest).rounded(.down)
      rest = 1 / rest - whole
      let next = (whole * numerator + lastNumerator, whole * denominator + lastDenominator)
      guard max(next.0, next.1) <= Double(Int32.max) else { break }
      (lastNumerator, lastDenominator) = (numerator, denominator)
      (numerator, denominator) = next
    }
    self.init(Int(numerator), per: Int(denominator))
  }
}
