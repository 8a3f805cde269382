import Foundation
import Numerics
import Signals

/// The calibration of predictive variances over the unobserved values.
///
/// The predictive density of a value is a Gaussian with the method's mean, clipped to 0...1, and
/// its variance.
public struct Calibration: Sendable, Equatable {
  /// The fraction of values within the central 50% interval of 0.674 standard deviations.
  ///
  /// It is 0.5 for a calibrated method, and less for an overconfident one.
  public var coverage50: Double
  /// The fraction of values within the central 90% interval of 1.645 standard deviations.
  public var coverage90: Double
  /// The fraction of values within the central 95% interval of 1.960 standard deviations.
  public var coverage95: Double
  /// The mean negative log likelihood `-log N(truth; mean, variance)` in nats per value, values 0...1.
  ///
  /// Lower is better. It is negative if the density is above 1.
  ///
  /// Variances are at least ``smallestVariance``.
  public var negativeLogLikelihood: Double

  /// The least variance in the likelihood: the square of a standard deviation of a millionth.
  ///
  /// It keeps a single wrong value with a variance of 0 from making the likelihood zero.
  public static let smallestVariance = 1e-12

  /// The 95% quantile of the normal distribution: half the width of a central 90% interval.
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
  ///   - variance: the variance of each value, in the order of `image.values`.
  ///   - truth: the true picture of the same shape.
  ///   - missing: `[height * width]`, true for the pixels to evaluate.
  /// - Returns: nil if no pixel is missing.
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

  /// The mean over pictures with equal weights; nil for none.
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

extension Calibration: PlainGroupMessage {}
