import Numerics

/// The one loop of every training and every fit.
///
/// In a round the learner makes some updates and validates the state if a validation is due. Then
/// the round is reported. Between rounds the run ends if its length is over, if a validation ends
/// it, or if it is told to stop. Otherwise the state is saved if a save is due. The loop decides
/// when, in what order and for how long work is done, and the learner does the work.
///
/// The members of a group go through the loop together: the first one's clock counts, a request to stop at any of them
/// stops all, and all call `save` at the same time.
package struct TrainingLoop: Sendable {
  /// How long the run lasts.
  package var length: TrainingLength
  /// Updates of the run's earlier parts, if it is resumed.
  package var stepsBefore: Int
  /// Seconds of the run's earlier parts.
  package var secondsBefore: Double

  /// A loop from the start of a run, or from the end of its earlier parts.
  package init(_ length: TrainingLength, stepsBefore: Int = 0, secondsBefore: Double = 0) {
    self.length = length
    self.stepsBefore = stepsBefore
    self.secondsBefore = secondsBefore
  }

  /// Runs until the length is over, the learner ends it, or it is told to stop.
  ///
  /// - Parameters:
  ///   - state: the state at the start, then at the end, even if an error is thrown.
  ///   - learner: makes the updates.
  ///   - clock: returns seconds that never go back.
  ///   - shouldStop: called before each round, and by learners whose rounds may take long.
  ///   - report: called after each round with the state.
  ///   - save: called between rounds with the state and the run's seconds, at most once per `saving.interval`,
  ///     and when the run is stopped.
  ///   - saving: the interval, and what happens if a save fails meanwhile. If the save of a stopped run fails, the
  ///     error is always thrown, because nothing will be saved later.
  /// - Returns: why the run ended, and the seconds of all its parts.
  /// - Throws: the errors of the learner, `report` and `save`.
  package func run<Learner: TrainingLearner>(
    _ state: inout Learner.State, by learner: inout Learner,
    clock: () -> Double = TrainingClock.seconds, shouldStop: () -> Bool = { false },
    report: (TrainingEvent<Learner.Update, Learner.Validation>, Learner.State) throws -> Void = {
      _, _ in
    },
    save: (Learner.State, Double) throws -> Void = { _, _ in },
    saving: PeriodicSaving = PeriodicSaving()
  ) throws -> (ending: TrainingEnding, seconds: Double) {
    let group = WorkGroup.current
    // Learning rates and validations follow from the time, so it must be the same for all members.
    func time() -> Double { group.isAlone ? clock() : group.broadcast(clock()) }
    let (start, firstStep) = (time(), state.step)
    var lastSave = start
    while true {
      let now = time()
      let before = progress(made: state.step - firstStep, elapsed: now - start)
      if before.fraction >= 1 { return (.completed, before.seconds) }
      if group.any(shouldStop()) {
        // The others must not end before the state is saved.
        let saved = Result { try save(state, before.seconds) }
        try group.onFirst { try saved.get() }
        return (.stopped, before.seconds)
      }
      if state.step > firstStep, now - lastSave > saving.interval {
        do { try save(state, before.seconds) } catch { try saving.failed(error) }
        lastSave = time()
      }
      let update = try learner.advance(&state, from: before, shouldStop: shouldStop)
      let made = state.step - firstStep
      let round = TrainingRound(
        before: before, after: progress(made: made, elapsed: time() - start), update: update)
      let outcome = try learner.validate(&state, after: round)
      let after =
        outcome == nil ? round.after : progress(made: made, elapsed: time() - start)
      try report(
        TrainingEvent(
          step: state.step, seconds: after.seconds, fraction: after.fraction,
          updatesPerSecond: Double(made) / max(1e-9, after.seconds - secondsBefore),
          update: update, validation: outcome?.validation), state)
      if let ending = outcome?.ending { return (ending, after.seconds) }
    }
  }

  /// The position after so many updates and seconds of this part.
  private func progress(made: Int, elapsed: Double) -> TrainingProgress {
    let (step, seconds) = (stepsBefore + made, secondsBefore + elapsed)
    return TrainingProgress(
      step: step, seconds: seconds, fraction: length.progress(step: step, seconds: seconds))
  }
}
