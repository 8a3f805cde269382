import Numerics
import Training

extension TrainingRun {
  /// A training loop of one objective; see `HyperNetworkTrainer.run`.
  typealias Loop<Validation: Sendable> = (
    _ state: inout TrainingState, _ shouldStop: () -> Bool,
    _ report: (TrainingEvent<TrainingUpdate, Validation>) -> Void,
    _ save: (TrainingState) throws -> Void, _ saving: PeriodicSaving
  ) throws -> TrainingEnding

  /// Trains from the start, or from the checkpoint of an interrupted run.
  ///
  /// - Parameters:
  ///   - start: the initial state of a new run.
  ///   - fingerprint: a text that identifies the settings and the pictures of the run.
  ///   - phase: the phase to report.
  ///   - opening: a notice at the start of the phase.
  ///   - validation: converts the objective's validation to that of an event.
  ///   - loop: the training loop.
  /// - Returns: the final state.
  /// - Throws: ``TrainingPipelineError/interruptedTraining(step:checkpoint:)`` after a request to stop,
  ///   when the state is saved. Errors of the loop and of reading the checkpoint.
  func train<Validation: Sendable>(
    from start: TrainingState, fingerprint: String, _ phase: TrainingPhase,
    opening: TrainingNotice? = nil, validation: @escaping (Validation) -> NetworkValidation,
    _ loop: Loop<Validation>
  ) throws -> TrainingState {
    let path = settings.checkpointPath
    var state =
      settings.resumes
      ? try TrainingCheckpoint.read(path, startingFrom: start, fingerprint: fingerprint).state
      : start
    try WorkGroup.current.requireSame(
      "that of step \(state.step)", "the checkpoint '\(path)'")
    report(.started(phase))
    if let opening { report(.notice(opening)) }
    if settings.resumes { report(.resumed(step: state.step)) }
    let end = try loop(
      &state, shouldStop, { report(.trained($0.map(validation))) },
      { try storage.writeCheckpoint(TrainingCheckpoint($0, fingerprint: fingerprint), path) },
      PeriodicSaving(interval: storage.checkpointInterval) { error in
        // A failed save must not end a long training. The file is written atomically, so the previous
        // checkpoint is still valid.
        report(.notice(.checkpointNotWritten(path: path, reason: "\(error)")))
      })
    report(.finished(phase))
    switch end {
    case .completed, .reached: break
    case .exhausted: report(.notice(.endedEarly(step: state.step)))
    case .stopped:
      throw TrainingPipelineError.interruptedTraining(step: state.step, checkpoint: path)
    }
    return state
  }
}
