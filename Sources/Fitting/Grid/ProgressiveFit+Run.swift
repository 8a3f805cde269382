import Training

extension ProgressiveFit {
  /// Runs the shared training loop until a limit is reached.
  mutating func run<Learner: TrainingLearner>(
    _ limits: FitLimits, by learner: Learner, before: (steps: Int, seconds: Double) = (0, 0),
    clock: () -> Double, shouldStop: () -> Bool,
    save: (Self, Double) throws -> Void, saving: PeriodicSaving,
    each: (FitProgress, Self) throws -> Void
  ) throws -> (ending: TrainingEnding, seconds: Double)
  where Learner.State == Self, Learner.Update == FitUpdate, Learner.Validation == Double {
    var learner = learner
    return try TrainingLoop(
      limits.length, stepsBefore: before.steps, secondsBefore: before.seconds
    ).run(
      &self, by: &learner, clock: clock, shouldStop: shouldStop, report: each, save: save,
      saving: saving)
  }
}
