import Foundation

/// When the sum of two sines repeats (the notebook's case study of periodicity): `sin(x) + sin(rx)`
/// does if and only if r is a ratio of whole numbers.
public struct PeriodStudy: Sendable, Equatable {
  /// The second sine's frequency over the first's.
  public let ratio: Double
  /// Where the sines are sampled: `points` from -5 pi to 5 pi, as in the notebook.
  public let coordinates: [Double]

  /// A study of one ratio.
  ///
  /// - Parameters:
  ///   - ratio: finite.
  ///   - points: at least 2.
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

  /// The largest difference between the sum and itself a number of turns of the first sine later:
  /// `2 |sin(pi k r)|`.
  public func mismatch(afterTurns turns: Int) -> Double {
    // k r modulo 1 first: the sine of a large multiple of a rounded pi is no longer exact.
    let turned = Double(turns) * ratio
    return 2 * abs(sin(Double.pi * (turned - turned.rounded())))
  }

  /// The number of turns of the first sine after which the sum has come closest to a repetition, and
  /// how close.
  ///
  /// - Parameter limit: how many turns are tried, at least 1.
  public func closestRepetition(within limit: Int) -> (turns: Int, mismatch: Double) {
    precondition(limit >= 1, "\(limit) turns")
    var best = (turns: 1, mismatch: mismatch(afterTurns: 1))
    for turns in 1...limit {
      // The first of those that are equal up to rounding is the period.
      let mismatch = mismatch(afterTurns: turns)
      if mismatch < best.mismatch - 1e-12 { best = (turns, mismatch) }
    }
    return best
  }

  /// The period of the sum in turns of the first sine when the ratio is rounded to a `Float`, as
  /// networks hold it: a ratio of whole numbers whose denominator is a power of two.
  public var periodInSinglePrecision: Double {
    let rounded = Float(ratio)
    guard rounded.isFinite, rounded != 0 else { return 1 }
    // The lowest set bit of the fraction says by which power of two the number becomes whole.
    let fractionBits =
      Float.significandBitCount - rounded.significandBitPattern.trailingZeroBitCount
    let bits = rounded.significandBitPattern == 0 ? 0 : fractionBits
    return exp2(Double(max(0, bits - Int(rounded.exponent))))
  }
}
