import Foundation
import Signals

/// How well predictive variances fit the errors that were made, over the unobserved values.
///
/// The predictive density of a value is a Gaussian with the method's mean, clipped to 0...1, and
/// its variance.
public struct Calibration: Sendable, Equatable {
  /// Share of the values within the central 50% interval, 0.674 standard deviations; 0.5 is right,
  /// less is overconfident.
  public var coverage50: Double
  /// Share within the central 90% interval, 1.645 standard deviations.
  public var coverage90: Double
  /// Share within the central 95% interval, 1.960 standard deviations.
  public var coverage95: Double
  /// Mean over the values of `-log N(truth; mean, variance)`, with the natural logarithm, values
  /// 0...1: in nats a value, lower is better, and below 0 where the density is above 1.
  ///
  /// A variance below `smallestVariance` counts as that.
  public var negativeLogLikelihood: Double

  /// A standard deviation of a millionth, squared: a value predicted to be certain is judged as one of
  /// this variance, so that a single wrong one does not make the likelihood zero.
  public static let smallestVariance = 1e-12

  /// The 95% point of the normal distribution: a central 90% interval reaches so many deviations.
  package static let reach90 = 1.6448536

  /// A calibration from its parts.
  public init(
    coverage50: Double, coverage90: Double, coverage95: Double, negativeLogLikelihood: Double
  ) {
    self.coverage50 = coverage50
    self.coverage90 = coverage90
    self.coverage95 = coverage95
    self.negativeLogLikelihood = negativeLogLikelihood
  }

  /// The calibration of one picture.
  ///
  /// - Parameters:
  ///   - image: the predicted mean, values 0...1.
  ///   - variance: of each value, laid out as `image.values`.
  ///   - truth: of the same shape.
  ///   - missing: `[height * width]`, true for the pixels that are judged.
  /// - Returns: nil if no pixel is.
  public init?(of image: Image, variance: [Float], truth: Image, where missing: [Bool]) {
    precondition(
      variance.count == truth.values.count && image.values.count == truth.values.count
        && missing.count == truth.pixelCount,
      "\(image.values.count) values, \(variance.count) variances and \(missing.count) pixels for "
        + "\(truth.values.count) true values of \(truth.pixelCount) pixels")
    var (inside50, inside90, inside95, total) = (0, 0, 0, 0)
    var sum = 0.0
    for value in truth.values.indices where missing[value / truth.channels] {
      let difference = Double(image.values[value]) - Double(truth.values[value])
      let own = max(Double(variance[value]), Self.smallestVariance)
      let squared = difference * difference / own
      total += 1
      // Squared 75%, 95% and 97.5% points of the normal distribution.
      if squared <= 0.6744898 * 0.6744898 { inside50 += 1 }
      if squared <= Self.reach90 * Self.reach90 { inside90 += 1 }
      if squared <= 1.9599640 * 1.9599640 { inside95 += 1 }
      sum += 0.5 * (log(2 * Double.pi * own) + squared)
    }
    guard total > 0 else { return nil }
    self.init(
      coverage50: Double(inside50) / Double(total), coverage90: Double(inside90) / Double(total),
      coverage95: Double(inside95) / Double(total), negativeLogLikelihood: sum / Double(total))
  }

  /// The mean over pictures, each counting the same; nil for none.
  public static func mean(_ parts: [Calibration]) -> Calibration? {
    guard !parts.isEmpty else { return nil }
    let mean = { (value: (Calibration) -> Double) in
      parts.reduce(0) { $0 + value($1) } / Double(parts.count)
    }
    return Calibration(
      coverage50: mean(\.coverage50), coverage90: mean(\.coverage90),
      coverage95: mean(\.coverage95), negativeLogLikelihood: mean(\.negativeLogLikelihood))
  }
}
