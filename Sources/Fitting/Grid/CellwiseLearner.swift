import Fields
import Training

/// Fits a grid, several updates at a time.
struct CellwiseLearner<Fit: CellwiseFit>: TrainingLearner {
  /// The least number of reports per run.
  private static var rounds: Int { 50 }
  /// The approximate seconds between two reports of a long run.
  private static var interval: Double { 0.5 }
  /// The least updates per cell at a time in a long enough run; the samples are shuffled anew each time.
  private static var fewest: Int { 24 }
  /// Number of updates before the speed is known.
  private static var probe: Int { 4 }
  /// Number of updates of the first run towards a quality; each further run has twice as many.
  private static var firstCycle: Int { 96 }

  private let limits: FitLimits
  private var rate: Double?
  /// Whether the last round was begun earlier, or is not complete, so that its time says nothing.
  private var isPartial = false
  private var cycle = (start: 0, length: firstCycle)

  /// - Parameter step: number of updates of the earlier parts of the run.
  init(_ limits: FitLimits, from step: Int) {
    self.limits = limits
    cycle.start = step
  }

  mutating func advance(
    _ fit: inout Fit, from progress: TrainingProgress, shouldStop: () -> Bool
  ) throws -> FitUpdate {
    isPartial = fit.isRoundUnfinished
    fit.advance(nextRound(progress.step, elapsed: progress.seconds), shouldStop: shouldStop)
    isPartial = isPartial || fit.isRoundUnfinished
    guard fit.loss.isFinite else { throw GridFitError.diverged(step: fit.step) }
    return FitUpdate(loss: fit.loss, decibels: fit.decibels, restartedWith: nil)
  }

  mutating func validate(
    _ fit: inout Fit, after round: TrainingRound<FitUpdate>
  ) -> ValidationOutcome<Double>? {
    if !isPartial {
      rate =
        Double(round.after.step - round.before.step)
        / max(1e-6, round.after.seconds - round.before.seconds)
    }
    guard !fit.isRoundUnfinished, let goal = limits.goal else { return nil }
    let isCycleDone = round.after.step - cycle.start >= cycle.length
    if isCycleDone { cycle = (round.after.step, 2 * cycle.length) }
    return isCycleDone || fit.decibels >= goal.decibels ? goal.validate(fit.field) : nil
  }

  /// The next updates.
  private func nextRound(_ step: Int, elapsed: Double) -> CellRound {
    if let steps = limits.steps {
      let usual = max(1, min(Self.fewest, steps / 3), steps / Self.rounds)
      let count = min(limits.updatesPerReport ?? usual, usual, steps - step)
      return CellRound(count: count, from: Double(step), of: Double(steps))
    }
    guard let rate else {
      return CellRound(count: Self.probe, at: limits.goal == nil ? 0.005 : 0.02)
    }
    let left = (limits.seconds ?? GoalSchedule.patience) - elapsed
    if limits.goal != nil {
      let done = step - cycle.start
      let count = min(
        max(1, Int(min(Self.interval, left) * rate)), cycle.length / 4 + 1,
        max(1, cycle.length - done), limits.updatesPerReport ?? .max)
      return CellRound(count: count, from: Double(done), of: Double(cycle.length))
    }
    let seconds = limits.seconds ?? 1
    let wanted = min(left, max(seconds / Double(Self.rounds), min(Self.interval, seconds / 10)))
    let usual = max(min(Self.fewest, Int(left * rate / 2)), Int((wanted * rate).rounded()))
    let count = max(1, min(limits.updatesPerReport ?? usual, usual))
    return CellRound(count: count, from: elapsed, by: 1 / rate, of: seconds)
  }
}
