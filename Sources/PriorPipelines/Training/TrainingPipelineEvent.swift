import HyperNetworks
import ImagePriors
import SubspacePriors
import Training

/// What ``TrainingPipeline`` reports while it works, in this order.
///
/// A phase begins with `started` and ends with `finished`, unless an error is thrown within it; phases
/// do not overlap. Everything else belongs to the phase that it comes in.
public enum TrainingPipelineEvent: Sendable {
  /// A phase begins.
  case started(TrainingPhase)
  /// So much of the phase is done, counted in its ``TrainingPhase/unit``.
  case progressed(TrainingPhase, completed: Int, total: Int)
  /// A phase is over.
  case finished(TrainingPhase)
  /// Something that a person should know.
  case notice(TrainingNotice)
  /// The training goes on where an interrupted run was, after so many updates.
  case resumed(step: Int)
  /// An update was made; after some of them, with what validation pictures say.
  case trained(TrainingEvent<TrainingUpdate, NetworkValidation>)
}

/// A part of the work of ``TrainingPipeline``.
public enum TrainingPhase: Sendable, Equatable, CaseIterable {
  /// Bringing the catalog up to date with the folder.
  case indexing
  /// Decoding the pictures, or cutting windows.
  case decoding
  /// Learning the closed form, and what a residual network is trained on.
  case learning
  /// Training the residual network.
  case correcting
  /// Training the encoder and the hypernetwork.
  case training
  /// Deciding on validation pictures how much of the residual network counts.
  case deciding

  /// What is counted: files, pictures, percent or steps.
  public var unit: String {
    switch self {
    case .indexing: "files"
    case .decoding: "pictures"
    case .learning, .deciding: "percent"
    case .correcting, .training: "steps"
    }
  }
}

/// What validation pictures say of a network that is being trained.
public enum NetworkValidation: Sendable, Equatable {
  /// Mean squared errors of a hypernetwork.
  case errors(ValidationResult)
  /// Squared errors of a residual network over those of the closed form.
  case ratios(ResidualValidation)
}

/// Something that a person should know of a run; the description is one line.
public enum TrainingNotice: Sendable, Equatable, CustomStringConvertible {
  /// How many pictures, or windows, there are to learn from and to validate with, and of how many
  /// parameters a hypernetwork is.
  case pictures(training: Int, validation: Int, scope: PriorScope, parameters: Int?)
  /// The residual network is left out, as there are too few pictures.
  case residualNetworkLeftOut
  /// Validation pictures ended the training before its time.
  case endedEarly(step: Int)
  /// The state could not be saved; the training goes on, and an older save stays.
  case checkpointNotWritten(path: String, reason: String)
  /// The model is written, but the catalog does not say so.
  case runNotRecorded(reason: String)

  /// Whether something failed.
  public var isWarning: Bool {
    switch self {
    case .pictures, .residualNetworkLeftOut, .endedEarly: false
    case .checkpointNotWritten, .runNotRecorded: true
    }
  }

  /// One line.
  public var description: String {
    switch self {
    case .pictures(let training, let validation, let scope, let parameters):
      "\(training) training \(scope.noun), \(validation) validation \(scope.noun)"
        + (parameters.map { ", \($0) parameters" } ?? "")
    case .residualNetworkLeftOut:
      "too few pictures to learn a correction from; the closed form alone is learned"
    case .endedEarly(let step):
      "ended at step \(step), before its time: validation pictures had long got no better"
    case .checkpointNotWritten(let path, let reason):
      "the training could not be saved in '\(path)' (\(reason)); it goes on, an earlier save is "
        + "kept, and the next one is tried in a minute"
    case .runNotRecorded(let reason):
      "the model is written, but the catalog could not record the run: \(reason)"
    }
  }
}
