/// An error that ends a training pipeline without a model; the description is one line.
public enum TrainingPipelineError: Error, CustomStringConvertible, Equatable {
  /// There is no interrupted run to resume.
  case noInterruptedRun(checkpoint: String)
  /// An interrupted run would be overwritten.
  case interruptedRunExists(checkpoint: String)
  /// There are too few pictures for the required residual network.
  case tooFewForResidualNetwork(training: Int, validation: Int)
  /// The run was stopped while it indexed the folder.
  case interruptedIndexing
  /// The run was stopped before there was a state to save.
  case interruptedLearning
  /// The run was stopped after `step` updates and can be resumed.
  case interruptedTraining(step: Int, checkpoint: String)

  /// The message.
  public var description: String {
    switch self {
    case .noInterruptedRun(let checkpoint):
      "there is no interrupted run at '\(checkpoint)'; start a new run without --resume"
    case .interruptedRunExists(let checkpoint):
      "'\(checkpoint)' holds an interrupted run; pass --resume to continue it, or --force to start again"
    case .tooFewForResidualNetwork(let training, let validation):
      "\(training) training and \(validation) validation pictures are too few to train a residual "
        + "network; add pictures, or pass --no-residual"
    case .interruptedIndexing:
      "interrupted while indexing; run the same command again to continue"
    case .interruptedLearning:
      "interrupted; nothing was written, run the same command again"
    case .interruptedTraining(let step, let checkpoint):
      "interrupted at step \(step), the state is saved in '\(checkpoint)'; "
        + "run the same command with --resume to continue"
    }
  }
}
