/// The decays of a grid's learning rate towards a quality that should be reached quickly.
///
/// A grid is best when the learning rate has decayed to 0, and the number of updates that the goal needs is unknown. So
/// each decay has twice as many updates as the previous one. The last decay ends with the time, because a run that
/// ended in the middle of one would be worse than at the end of the previous decay.
package struct CellCycles: Sendable {
  /// The time at which the run ends, in seconds.
  private let limit: Double
  /// The number of updates before the current decay, and within it.
  private var cycle: (start: Int, length: Int)
  /// The time from which the learning rate falls with the time, and its place in the decay then; nil before.
  private var last: (start: Double, fraction: Double)?

  /// Number of updates of the first decay.
  private static let first = 96
  /// A remaining time too short for so many decays of the next length becomes part of one decay.
  private static let shortest = 1.5
  /// The updates within which it is known that a decay has just begun.
  private static let beginning = 4

  /// - Parameters:
  ///   - step: number of updates of the earlier parts of the run.
  ///   - limit: the time at which the run ends, in seconds.
  package init(from step: Int, until limit: Double) {
    self.limit = limit
    cycle = (step, Self.first)
  }

  /// The next updates.
  ///
  /// - Parameters:
  ///   - step: number of updates so far.
  ///   - elapsed: seconds since the run began, below the limit.
  ///   - rate: updates per second.
  ///   - most: the most updates; nil for any number.
  package mutating func round(
    after step: Int, at elapsed: Double, rate: Double, most: Int?
  ) -> CellRound {
    let (done, left) = (step - cycle.start, limit - elapsed)
    if last == nil {
      let needed =
        done <= Self.beginning
        ? Self.shortest * Double(cycle.length) : Double(cycle.length - done)
      if left * rate < needed { last = (elapsed, Double(done) / Double(cycle.length)) }
    }
    if let last {
      return CellRound(
        at: elapsed, rate: rate, from: last.start, fraction: last.fraction, until: limit,
        most: most)
    }
    let count = min(
      max(1, Int(min(CellRound.interval, left) * rate)), cycle.length / 4 + 1,
      max(1, cycle.length - done), most ?? .max)
    return CellRound(count: count, from: Double(done), of: Double(cycle.length))
  }

  /// Whether a decay has ended; if so, the next one begins.
  ///
  /// - Parameters:
  ///   - step: number of updates so far.
  ///   - elapsed: seconds since the run began.
  package mutating func hasEnded(after step: Int, at elapsed: Double) -> Bool {
    guard last == nil else { return elapsed >= limit }
    guard step - cycle.start >= cycle.length else { return false }
    cycle = (step, 2 * cycle.length)
    return true
  }
}
