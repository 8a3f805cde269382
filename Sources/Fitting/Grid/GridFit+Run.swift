import Fields
import Training

extension GridFit: CellwiseFit, ResumableFit {
  /// Updates the field until a limit is reached; see ``ProgressiveFit/run(_:clock:shouldStop:save:saving:each:)``.
  ///
  /// Towards a target quality, the learning rate first decays over a short run, then over runs of twice the length
  /// each, of which the last one ends with the time.
  ///
  /// - Throws: ``GridFitError/diverged(step:)``, and any error from `each`.
  public mutating func run(
    _ limits: FitLimits, clock: () -> Double = TrainingClock.seconds,
    shouldStop: () -> Bool = { false },
    save: (GridFit, Double) throws -> Void = { _, _ in },
    saving: PeriodicSaving = PeriodicSaving(),
    each: (FitProgress, GridFit) throws -> Void = { _, _ in }
  ) throws -> (ending: TrainingEnding, seconds: Double) {
    let before = done
    done = (0, 0)
    return try run(
      limits, by: CellwiseLearner(limits, from: before.steps), before: before, clock: clock,
      shouldStop: shouldStop, save: save, saving: saving, each: each)
  }
}
