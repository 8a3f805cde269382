import Signals

extension FrameRate {
  /// Creates the fraction nearest to a number of frames per second, with denominators that cameras use.
  ///
  /// - Returns: nil below 0.001 and above 1,000,000 frames per second.
  init?(approximating rate: Double) {
    guard (0.001...1e6).contains(rate) else { return nil }
    for denominator in [1, 1_001] {
      let scaled = rate * Double(denominator)
      // Rates are often given with two digits, such as 29.97.
      guard
        abs(scaled - scaled.rounded()) < 0.005 * Double(denominator > 1 ? denominator : 0) + 1e-6
      else { continue }
      self.init(Int(scaled.rounded()), per: denominator)
      return
    }
    self.init(Int(max(1, (rate * 1_000).rounded())), per: 1_000)
  }
}
