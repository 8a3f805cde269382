import Foundation

/// The period of a sum of two sines (the notebook's case study of periodicity).
///
/// The sum `sin(x) + sin(rx)` is periodic if and only if r is rational.
public struct PeriodStudy: Sendable, Equatable {
  /// The ratio of the second sine's frequency to the first sine's.
  public let ratio: Double
  /// The sample coordinates: `points` from -5 pi to 5 pi, as in the notebook.
  public let coordinates: [Double]

  /// Creates a study of one ratio.
  ///
  /// - Parameters:
  ///   - ratio: a finite ratio.
  ///   - points: number of points, at least 2.
  public init(ratio: Double, points: Int = 1_024) {
    precondition(ratio.isFinite && points >= 2, "\(points) points of a ratio of \(ratio)")
    self.ratio = ratio
    coordinates = (0..<points).map {
      5 * Double.pi * (2 * Double($0) / Double(points - 1) - 1)
    }
  }

  /// The first sine.
  public var first: [Double] { coordinates.map { sin($0) } }
  /// The second sine.
  public var second: [Double] { coordinates.map { sin(ratio * $0) } }
  /// Their sum.
  public var sum: [Double] { coordinates.map { sin($0) + sin(ratio * $0) } }

  /// The largest difference between the sum and the sum shifted by a number of periods of the first sine.
  ///
  /// It is `2 |sin(pi k r)|` for k periods.
  public func mismatch(afterTurns turns: Int) -> Double {
    // k r is reduced modulo 1 first, because the sine of a large multiple of a rounded pi is inexact.
    let turned = Double(turns) * ratio
    return 2 * abs(sin(Double.pi * (turned - turned.rounded())))
  }

  /// The number of turns of the first sine after which the sum is closest to a repetition, and its mismatch.
  ///
  /// - Parameter limit: the largest number of turns to try, at least 1.
  public func closestRepetition(within limit: Int) -> (turns: Int, mismatch: Double) {
    precondition(limit >= 1, "\(limit) turns")
    var best = (turns: 1, mismatch: mismatch(afterTurns: 1))
    for turns in 1...limit {
      // The first of several numbers that are equal up to rounding is the period.
      let mismatch = mismatch(afterTurns: turns)
      if mismatch < best.mismatch - 1e-12 { best = (turns, mismatch) }
    }
    return best
  }

  /// The period of the sum in turns of the first sine when the ratio is rounded to a `Float`.
  ///
  /// Networks hold such ratios: ratios of integers whose denominator is a power of two.
  public var periodInSinglePrecision: Double {
    let rounded = Float(ratio)
    guard rounded.isFinite, rounded != 0 else { return 1 }
    // The lowest set bit of the fraction determines the power of two that makes the number an integer.
    let fractionBits =
      Float.significandBitCount - rounded.significandBitPattern.trailingZeroBitCount
    let bits = rounded.significandBitPattern == 0 ? 0 : fractionBits
    return exp2(Double(max(0, bits - Int(rounded.exponent))))
  }
}
