import Foundation

extension GridFit {
  /// Reports per run, at least.
  private static let rounds = 50
  /// Seconds between two reports, about, where a run is long.
  private static let interval = 0.5
  /// Updates of a cell at a time, at least, where a run is long enough: its samples are shuffled anew each time.
  private static let fewest = 24
  /// Updates before the speed is known.
  private static let probe = 4
  /// Updates of the first run towards a quality; each further one has twice as many.
  private static let firstCycle = 96

  /// Updates the field until a limit is reached.
  ///
  /// Towards a quality, the learning rate falls to its end in a short run first, then in runs of twice the length.
  ///
  /// - Parameters:
  ///   - limits: when to end.
  ///   - clock: seconds, never going back.
  ///   - shouldStop: asked between some updates.
  ///   - measure: the field's true quality in decibels; asked only for a limit in decibels.
  ///   - each: told now and then.
  /// - Returns: why the run ended, and its seconds.
  /// - Throws: ``GridFitError/diverged(step:)``, and what `each` throws.
  public mutating func run(
    _ limits: FitLimits, clock: () -> Double, shouldStop: () -> Bool,
    measure: (GridFit) -> Double, each: (FitProgress, GridFit) throws -> Void
  ) throws -> (ending: FitEnding, seconds: Double) {
    let start = clock() - done.seconds
    let first = step - done.steps
    done = (0, 0)
    var rate: Double?
    var cycle = (start: step, length: Self.firstCycle)
    while true {
      let elapsed = clock() - start
      if limits.fraction(step: step - first, seconds: elapsed) >= 1 { return (.completed, elapsed) }
      if shouldStop() { return (.stopped, elapsed) }
      if let goal = limits.decibels, step > first {
        let isCycleDone = step - cycle.start >= cycle.length
        if isCycleDone || decibels >= goal {
          if measure(self) >= goal { return (.reached, clock() - start) }
        }
        if isCycleDone { cycle = (step, 2 * cycle.length) }
      }
      let progress = nextProgress(limits, first: first, elapsed: elapsed, rate, cycle)
      advance(progress: progress)
      guard loss.isFinite else { throw GridFitError.diverged(step: step) }
      let now = clock() - start
      rate = Double(progress.count) / max(1e-6, now - elapsed)
      try each(
        FitProgress(
          step: step, fraction: min(1, limits.fraction(step: step - first, seconds: now)),
          loss: loss, decibels: decibels, seconds: now, restartedWith: nil), self)
    }
  }

  /// The fractions that are done before each of the next updates.
  private func nextProgress(
    _ limits: FitLimits, first: Int, elapsed: Double, _ rate: Double?,
    _ cycle: (start: Int, length: Int)
  ) -> [Double] {
    if let steps = limits.steps {
      let usual = max(1, min(Self.fewest, steps / 3), steps / Self.rounds)
      let count = min(limits.updatesPerReport ?? usual, usual, steps - (step - first))
      return (0..<count).map { Double(step - first + $0) / Double(steps) }
    }
    guard let rate else {
      return (0..<Self.probe).map { _ in limits.decibels == nil ? 0.005 : 0.02 }
    }
    let left = (limits.seconds ?? GoalSchedule.patience) - elapsed
    if limits.decibels != nil {
      let done = step - cycle.start
      let count = min(
        max(1, Int(min(Self.interval, left) * rate)), cycle.length / 4 + 1,
        max(1, cycle.length - done), limits.updatesPerReport ?? .max)
      return (0..<count).map { min(1, Double(done + $0) / Double(cycle.length)) }
    }
    let seconds = limits.seconds ?? 1
    let wanted = min(left, max(seconds / Double(Self.rounds), min(Self.interval, seconds / 10)))
    let usual = max(min(Self.fewest, Int(left * rate / 2)), Int((wanted * rate).rounded()))
    let count = max(1, min(limits.updatesPerReport ?? usual, usual))
    return (0..<count).map { min(1, (elapsed + Double($0) / rate) / seconds) }
  }
}
