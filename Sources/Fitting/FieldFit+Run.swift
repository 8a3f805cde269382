import Fields
import Training

extension FieldFit: ProgressiveFit, LearnedState {
  /// Updates the field until a limit is reached; see ``ProgressiveFit/run(_:clock:shouldStop:save:saving:each:)``.
  ///
  /// - Throws: ``FitError``, and any error from `each`.
  public mutating func run(
    _ limits: FitLimits, clock: () -> Double = TrainingClock.seconds,
    shouldStop: () -> Bool = { false },
    save: (FieldFit, Double) throws -> Void = { _, _ in },
    saving: PeriodicSaving = PeriodicSaving(),
    each: (FitProgress, FieldFit) throws -> Void = { _, _ in }
  ) throws -> (ending: TrainingEnding, seconds: Double) {
    let before = done
    done = (0, 0)
    return try run(
      limits, by: FieldFitLearner(limits, after: before.seconds), before: before, clock: clock,
      shouldStop: shouldStop, save: save, saving: saving, each: each)
  }

  /// Does nothing, because the state of one network is small.
  public mutating func releaseTrainingState() {}
}

/// Fits one network update by update, towards a target quality if one is given.
private struct FieldFitLearner: TrainingLearner {
  /// Seconds between two measurements of a quality that seems to have been reached.
  private static let measuringInterval = 0.25
  /// The amount by which the smoothed losses may understate the quality, in decibels.
  private static let uncertainty = 0.2

  private let goal: FitGoal?
  private var schedule: GoalSchedule?
  private var smoothed: Double?
  private var decibels = -Double.infinity
  private var lastMeasured = -Double.infinity

  /// - Parameter seconds: the duration of the earlier parts of the run.
  init(_ limits: FitLimits, after seconds: Double) {
    goal = limits.goal
    schedule = limits.goalSchedule(after: seconds)
  }

  mutating func advance(
    _ fit: inout FieldFit, from progress: TrainingProgress, shouldStop: () -> Bool
  ) throws -> FitUpdate {
    let made = try fit.advance(
      progress: schedule?.fraction(at: progress.seconds, decibels: decibels)
        ?? progress.fraction)
    smoothed =
      made.restartedWith == nil ? smoothed.map { 0.9 * $0 + 0.1 * made.loss } ?? made.loss : nil
    decibels = fit.objective.decibels(ofLoss: smoothed ?? made.loss)
    return FitUpdate(loss: made.loss, decibels: decibels, restartedWith: made.restartedWith)
  }

  mutating func validate(
    _ fit: inout FieldFit, after round: TrainingRound<FitUpdate>
  ) -> ValidationOutcome<Double>? {
    guard let goal, decibels >= goal.decibels - Self.uncertainty,
      round.after.seconds - lastMeasured >= Self.measuringInterval
    else { return nil }
    lastMeasured = round.after.seconds
    return goal.validate(fit.field)
  }
}
