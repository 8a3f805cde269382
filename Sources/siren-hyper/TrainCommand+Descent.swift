import CommandSupport
import Training

/// What `train` says about a training, by what its validation is.
struct TrainingWording<Validation: Sendable> {
  /// Of the progress line.
  let title: String
  /// Said before the training starts; nil for nothing.
  let opening: String?
  /// The end of the progress line, from the newest event and the latest validation.
  let detail: (TrainingEvent<Validation>, Validation?) -> String
  /// What `--json` says of a validation.
  let fields: (TrainingEvent<Validation>, Validation) -> [String: JSONValue]
}

extension TrainCommand {
  /// One training, as far as the objective goes with it; see `HyperNetworkTrainer.run`.
  typealias DescentRun<Validation: Sendable> = (
    _ state: inout TrainingState, _ shouldStop: () -> Bool,
    _ report: (TrainingEvent<Validation>) -> Void, _ save: (TrainingState) throws -> Void
  ) throws -> TrainingEnd

  /// Trains from the start, or from where an interrupted run was.
  ///
  /// - Returns: where it ended.
  /// - Throws: `CommandFailure` if it was interrupted; everything is saved then.
  func runTrainingLoop<Validation: Sendable>(
    from start: TrainingState, fingerprint: String, _ interruption: Interruption,
    _ wording: TrainingWording<Validation>, _ run: DescentRun<Validation>
  ) throws -> TrainingState {
    var state =
      resume
      ? try TrainingCheckpoint.read(
        checkpointPath, startingFrom: start, fingerprint: fingerprint
      ).state : start
    let progress = ProgressReporter(wording.title, unit: "steps", quiet: printing.quiet)
    if let opening = wording.opening { progress.message(opening) }
    if resume { progress.message("resumed at step \(state.step)") }
    var latest: Validation?
    let end = try run(
      &state, { interruption.isRequested },
      { event in
        latest = event.validation ?? latest
        progress.update(
          event.step, of: steps, fraction: event.progress, detail: wording.detail(event, latest))
        if printing.json, let validation = event.validation {
          printJSON(json(event, wording.fields(event, validation)))
        }
      },
      { try TrainingCheckpoint($0, fingerprint: fingerprint).write(to: checkpointPath) })
    progress.finish()
    switch end {
    case .complete: break
    case .exhausted:
      progress.message(
        "ended at step \(state.step), before its time: validation pictures had long got no better")
    case .interrupted:
      throw CommandFailure.data(
        "interrupted at step \(state.step), everything is saved in '\(checkpointPath)'; "
          + "go on with the same command and --resume")
    }
    return state
  }

  private func json<Validation>(
    _ event: TrainingEvent<Validation>, _ fields: [String: JSONValue]
  ) -> JSONValue {
    let common: [String: JSONValue] = [
      "step": .integer(event.step), "seconds": .number(event.seconds),
      "pictures_per_second": .number(event.picturesPerSecond),
    ]
    return .object(common.merging(fields) { own, _ in own })
  }
}
