import Foundation

/// The falls of the learning rate on the way to a quality that is to be reached soon.
///
/// A field is at its best when the learning rate has fallen to 0, and how long a fall the goal needs is
/// not known. So the first one is short, for easy goals; by what it reached, the length of the next one
/// is estimated, and so on until the time is over.
package struct GoalSchedule: Sendable {
  /// The quality to reach, in decibels.
  package let goal: Double
  /// When the run ends, in seconds.
  package let limit: Double
  /// When the present fall began, and how long it takes, in seconds.
  package private(set) var start = 0.0
  package private(set) var length: Double

  /// Seconds of the first fall: 36 dB of a 256x256 photograph (measured, two cores).
  package static let first = 4.0
  /// Seconds after which a run without a limit of its own gives up.
  package static let patience = 300.0
  /// Decibels that twice the time is worth (measured: 5 to 6 on a 256x256 photograph).
  private static let decibelsADoubling = 6.0
  /// Longer than estimated, so that the goal is reached before the very end.
  private static let margin = 1.2
  /// The least and the most that a fall is longer than the one before.
  private static let growth = 1.5...8.0

  /// - Parameters:
  ///   - goal: in decibels.
  ///   - limit: in seconds; nil for ``patience``.
  package init(goal: Double, limit: Double?) {
    self.goal = goal
    self.limit = limit ?? Self.patience
    length = min(Self.first, self.limit)
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
      let factor = Self.margin * exp2(missing / Self.decibelsADoubling)
      length *= min(Self.growth.upperBound, max(Self.growth.lowerBound, factor))
      start = elapsed
      // A rest too short for a fall of its own goes to this one.
      if elapsed + 1.5 * length > limit { length = limit - elapsed }
    }
    return min(1, (elapsed - start) / length)
  }
}
