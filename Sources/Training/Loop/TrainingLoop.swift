/// The one loop of every training and every fit.
///
/// A round is: the learner makes some updates, it judges the state if that is due, and the round is reported.
/// Between rounds the run ends if its length is over, if the learner's judgement ends it, or if it is told to stop;
/// otherwise the state is saved if that is due. What is learned and how is the learner's matter; when, in
/// what order and for how long is decided here.
package struct TrainingLoop: Sendable {
  /// How long the run lasts.
  package var length: TrainingLength
  /// Updates of the run's earlier parts, if it is resumed.
  package var stepsBefore: Int
  /// Seconds of the run's earlier parts.
  package var secondsBefore: Double

  /// A loop, from the start of a run or from where its earlier parts ended.
  package init(_ length: TrainingLength, stepsBefore: Int = 0, secondsBefore: Double = 0) {
    self.length = length
    self.stepsBefore = stepsBefore
    self.secondsBefore = secondsBefore
  }

  /// Runs until the length is over, the learner ends it, or it is told to stop.
  ///
  /// - Parameters:
  ///   - state: where to start; where it ended, also when an error is thrown.
  ///   - learner: makes the updates.
  ///   - clock: seconds, never going back.
  ///   - shouldStop: asked before each round.
  ///   - report: told after each round, with the state.
  ///   - save: handed the state and the run's seconds between rounds, at most once per `saving.interval`, and
  ///     when the run is stopped.
  ///   - saving: how often, and what becomes of a failure on the way. What `save` throws when the run
  ///     is stopped is thrown on, because then nothing more will be saved.
  /// - Returns: why it ended, and the seconds of all its parts.
  /// - Throws: what the learner, `report` and `save` throw.
  package func run<Learner: TrainingLearner>(
    _ state: inout Learner.State, by learner: inout Learner,
    clock: () -> Double = TrainingClock.seconds, shouldStop: () -> Bool = { false },
    report: (TrainingEvent<Learner.Update, Learner.Validation>, Learner.State) throws -> Void = {
      _, _ in
    },
    save: (Learner.State, Double) throws -> Void = { _, _ in },
    saving: PeriodicSaving = PeriodicSaving()
  ) throws -> (ending: TrainingEnding, seconds: Double) {
    let (start, firstStep) = (clock(), state.step)
    var lastSave = start
    while true {
      let now = clock()
      let before = progress(made: state.step - firstStep, elapsed: now - start)
      if before.fraction >= 1 { return (.completed, before.seconds) }
      if shouldStop() {
        try save(state, before.seconds)
        return (.stopped, before.seconds)
      }
      if state.step > firstStep, now - lastSave > saving.interval {
        do { try save(state, before.seconds) } catch { try saving.failed(error) }
        lastSave = clock()
      }
      let update = try learner.advance(&state, from: before)
      let made = state.step - firstStep
      let round = TrainingRound(
        before: before, after: progress(made: made, elapsed: clock() - start), update: update)
      let judgement = try learner.judge(&state, after: round)
      let after =
        judgement == nil ? round.after : progress(made: made, elapsed: clock() - start)
      try report(
        TrainingEvent(
          step: state.step, seconds: after.seconds, fraction: after.fraction,
          updatesPerSecond: Double(made) / max(1e-9, after.seconds - secondsBefore),
          update: update, validation: judgement?.validation), state)
      if let ending = judgement?.ending { return (ending, after.seconds) }
    }
  }

  /// Where the run is after so many updates and seconds of this part.
  private func progress(made: Int, elapsed: Double) -> TrainingProgress {
    let (step, seconds) = (stepsBefore + made, secondsBefore + elapsed)
    return TrainingProgress(
      step: step, seconds: seconds, fraction: length.progress(step: step, seconds: seconds))
  }
}
