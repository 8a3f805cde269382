import Training

extension TrainingRun {
  /// One training, as far as the objective goes with it; see `HyperNetworkTrainer.run`.
  typealias Loop<Validation: Sendable> = (
    _ state: inout TrainingState, _ shouldStop: () -> Bool,
    _ report: (TrainingEvent<TrainingUpdate, Validation>) -> Void,
    _ save: (TrainingState) throws -> Void, _ saving: PeriodicSaving
  ) throws -> TrainingEnding

  /// Trains from the start, or from where an interrupted run was.
  ///
  /// - Parameters:
  ///   - start: of the run.
  ///   - fingerprint: of everything that decides the run's course.
  ///   - phase: that this is.
  ///   - opening: told when the phase begins.
  ///   - validation: the objective's validation as an event has it.
  ///   - loop: trains.
  /// - Returns: where it ended.
  /// - Throws: ``TrainingPipelineError/interruptedTraining(step:checkpoint:)`` when told to stop;
  ///   everything is saved then. What the loop, or reading the checkpoint, throws.
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
    report(.started(phase))
    if let opening { report(.notice(opening)) }
    if settings.resumes { report(.resumed(step: state.step)) }
    let end = try loop(
      &state, shouldStop, { report(.trained($0.map(validation))) },
      { try storage.writeCheckpoint(TrainingCheckpoint($0, fingerprint: fingerprint), path) },
      PeriodicSaving(interval: storage.checkpointInterval) { error in
        // An hour of training is worth more than this save; the file is written whole or not at all, so
        // the last one is still good.
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
