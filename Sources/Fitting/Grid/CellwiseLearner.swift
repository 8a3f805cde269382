import Fields
import Training

/// Fits a grid, several updates at a time.
struct CellwiseLearner<Fit: CellwiseFit>: TrainingLearner {
  /// Number of updates before the speed is known.
  private static var probe: Int { 4 }

  private let limits: FitLimits
  private var rate: Double?
  /// Whether the last round was begun earlier, or is not complete, so that its time says nothing.
  private var isPartial = false
  private var cycles: CellCycles

  /// - Parameter step: number of updates of the earlier parts of the run.
  init(_ limits: FitLimits, from step: Int) {
    self.limits = limits
    cycles = CellCycles(from: step, until: limits.seconds ?? GoalSchedule.patience)
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
    let hasEnded = cycles.hasEnded(after: round.after.step, at: round.after.seconds)
    return hasEnded || fit.decibels >= goal.decibels ? goal.validate(fit.field) : nil
  }

  /// The next updates.
  private mutating func nextRound(_ step: Int, elapsed: Double) -> CellRound {
    if let steps = limits.steps {
      let usual = max(1, min(CellRound.fewest, steps / 3), steps / CellRound.rounds)
      let count = min(limits.updatesPerReport ?? usual, usual, steps - step)
      return CellRound(count: count, from: Double(step), of: Double(steps))
    }
    guard let rate else {
      return CellRound(count: Self.probe, at: limits.goal == nil ? 0.005 : 0.02)
    }
    if limits.goal != nil {
      return cycles.round(
        after: step, at: elapsed, rate: rate, most: limits.updatesPerReport)
    }
    return CellRound(
      at: elapsed, rate: rate, until: limits.seconds ?? GoalSchedule.patience,
      most: limits.updatesPerReport)
  }
}
