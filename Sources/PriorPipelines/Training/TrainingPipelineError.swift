/// Why a training pipeline ended without a model; one line for the user.
public enum TrainingPipelineError: Error, CustomStringConvertible, Equatable {
  /// There is nothing to go on with.
  case noInterruptedRun(checkpoint: String)
  /// An interrupted run would be lost.
  case interruptedRunExists(checkpoint: String)
  /// There are not enough pictures for the residual network that was required.
  case tooFewForResidualNetwork(training: Int, validation: Int)
  /// It was told to stop while it looked at the folder.
  case interruptedIndexing
  /// It was told to stop before there was something to save.
  case interruptedLearning
  /// It was told to stop after so many updates, and can be gone on with.
  case interruptedTraining(step: Int, checkpoint: String)

  /// The message.
  public var description: String {
    switch self {
    case .noInterruptedRun(let checkpoint):
      "there is no interrupted run at '\(checkpoint)'; start one without --resume"
    case .interruptedRunExists(let checkpoint):
      "'\(checkpoint)' holds an interrupted run; go on with --resume, or start anew with --force"
    case .tooFewForResidualNetwork(let training, let validation):
      "\(training) training and \(validation) validation pictures are too few to learn a "
        + "correction from; add pictures, or leave the correction out with --no-residual"
    case .interruptedIndexing:
      "interrupted while indexing; run the same command again to go on"
    case .interruptedLearning:
      "interrupted; nothing was written, run the same command again"
    case .interruptedTraining(let step, let checkpoint):
      "interrupted at step \(step), everything is saved in '\(checkpoint)'; "
        + "go on with the same command and --resume"
    }
  }
}
