import Foundation

/// The falls of the learning rate on the way to a quality that is to be reached soon.
///
/// A field is at its best when the learning rate has fallen to 0, and how long a fall the goal needs is
/// not known. So the first one is what a small photograph needs; by what it reached, the length of the
/// next one is estimated, and so on until the time is over. The third fall and those after it begin at half of
/// the learning rate, and one that has little to make up for at a third, because they must keep what was
/// learned: from the full rate a fall needs half the time of the one before only to be back where that
/// ended, and a field that is already good can break (measured: from 39.7 dB to 11).
package struct GoalSchedule: Sendable {
  /// The quality to reach, in decibels.
  package let goal: Double
  /// When the run ends, in seconds.
  package let limit: Double
  /// When the present fall began, and how long it takes, in seconds.
  package private(set) var start = 0.0
  package private(set) var length: Double
  /// Where in the schedule the present fall begins, 0 for the full learning rate.
  package private(set) var entry = 0.0

  /// Seconds of a fall to 36 dB of a 256x256 photograph (measured: 3.9 to 4.3, two cores).
  private static let reference = (decibels: 36.0, seconds: 4.4)
  /// The shortest and the longest first fall, in seconds.
  private static let firstFall = 1.0...40.0
  /// Seconds after which a run without a limit of its own gives up.
  package static let patience = 300.0
  /// Decibels that twice the time is worth (measured: 5 to 6 on a 256x256 photograph).
  private static let decibelsADoubling = 5.5
  /// Longer than estimated, so that the goal is reached before the very end.
  private static let margin = 1.35
  /// The least and the most that a fall is longer than the one before.
  private static let growth = 1.5...8.0
  /// Where the third fall and those after it begin: half of a cosine's learning rate.
  private static let lateEntry = 0.5
  /// Up to how many decibels are little, where a fall for them begins, and its length against the fall
  /// before.
  private static let nearMiss = (decibels: 2.0, entry: 0.6, length: 0.6)

  /// - Parameters:
  ///   - goal: in decibels.
  ///   - limit: in seconds; nil for ``patience``.
  package init(goal: Double, limit: Double?) {
    self.goal = goal
    self.limit = limit ?? Self.patience
    let length =
      Self.reference.seconds * exp2((goal - Self.reference.decibels) / Self.decibelsADoubling)
    self.length = min(
      self.limit, max(Self.firstFall.lowerBound, min(Self.firstFall.upperBound, length)))
  }

  /// The fraction of the present fall that is done at a time; 1 when the run is over.
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
      // A rest too short for a fall of its own goes to this one.
      if elapsed + 1.5 * length > limit { length = limit - elapsed }
    }
    return min(1, entry + (1 - entry) * (elapsed - start) / length)
  }
}
