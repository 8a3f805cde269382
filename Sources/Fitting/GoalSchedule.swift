import Foundation

/// The decays of the learning rate towards a quality that should be reached quickly.
///
/// A field is best when the learning rate has decayed to 0, and the length of the decay that the goal needs is
/// unknown. The first decay is as long as a small photograph needs. The quality that it reaches gives an estimate for
/// the length of the next one, and so on until time runs out. The third decay and later ones begin at half the
/// learning rate, or at a third if little quality is missing, because they must keep what was learned. From the full
/// rate, a decay needs half the time of the previous one just to return to where that one ended, and an already good
/// field can break (measured: from 39.7 dB to 11).
package struct GoalSchedule: Sendable {
  /// The quality to reach, in decibels.
  package let goal: Double
  /// The time at which the run ends, in seconds.
  package let limit: Double
  /// The start and the length of the current decay, in seconds.
  package private(set) var start = 0.0
  package private(set) var length: Double
  /// The position in the schedule at which the current decay begins; 0 is the full learning rate.
  package private(set) var entry = 0.0

  /// Seconds of a decay to 36 dB for a 256x256 photograph (measured: 3.9 to 4.3, two cores).
  private static let reference = (decibels: 36.0, seconds: 4.4)
  /// The shortest and the longest first decay, in seconds.
  private static let firstFall = 1.0...40.0
  /// Seconds after which a run without its own limit ends.
  package static let patience = 300.0
  /// Decibels gained by doubling the time (measured: 5 to 6 on a 256x256 photograph).
  private static let decibelsADoubling = 5.5
  /// The factor on the estimated length, so that the goal is reached before the very end.
  private static let margin = 1.35
  /// The smallest and the largest factor from one decay to the next.
  private static let growth = 1.5...8.0
  /// The entry of the third decay and later ones: half the learning rate of a cosine.
  private static let lateEntry = 0.5
  /// The decibels that count as a near miss, the entry of a decay for them, and its length relative to the previous
  /// decay.
  private static let nearMiss = (decibels: 2.0, entry: 0.6, length: 0.6)

  /// - Parameters:
  ///   - goal: the quality in decibels.
  ///   - limit: the time limit in seconds; nil for ``patience``.
  ///   - elapsed: seconds of the earlier parts of a resumed run, whose state a late decay keeps.
  package init(goal: Double, limit: Double?, after elapsed: Double = 0) {
    self.goal = goal
    self.limit = limit ?? Self.patience
    start = elapsed
    entry = elapsed > 0 ? Self.lateEntry : 0
    let length =
      Self.reference.seconds * exp2((goal - Self.reference.decibels) / Self.decibelsADoubling)
    self.length = min(
      self.limit, max(Self.firstFall.lowerBound, min(Self.firstFall.upperBound, length)))
  }

  /// The completed fraction of the current decay at a given time; 1 when the run is over.
  ///
  /// - Parameters:
  ///   - elapsed: seconds since the run began.
  ///   - decibels: the quality so far.
  package mutating func fraction(at elapsed: Double, decibels: Double) -> Double {
    if elapsed >= limit { return 1 }
    if elapsed >= start + length {
      let missing = decibels.isFinite ? goal - decibels : .infinity
      let isNear = missing <= Self.nearMiss.decibels
      let factor = Self.margin * exp2(missing / Self.decibelsADoubling)
      length *=
        isNear
        ? Self.nearMiss.length
        : min(Self.growth.upperBound, max(Self.growth.lowerBound, factor))
      entry = isNear ? Self.nearMiss.entry : start > 0 ? Self.lateEntry : 0
      start = elapsed
      // A remaining time too short for another decay is added to this one.
      if elapsed + 1.5 * length > limit { length = limit - elapsed }
    }
    return min(1, entry + (1 - entry) * (elapsed - start) / length)
  }
}
