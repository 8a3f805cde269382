import Files
import GridPriors
import HyperNetworks
import ImagePriors
import Signals
import SubspacePriors
import Training

/// An event that ``TrainingPipeline`` reports while it runs.
///
/// A phase begins with `started` and ends with `finished`, unless an error is thrown within it. Phases
/// do not overlap. Every other event belongs to the current phase.
public enum TrainingPipelineEvent: Sendable {
  /// A phase begins.
  case started(TrainingPhase)
  /// The completed part of a phase, counted in its ``TrainingPhase/unit``.
  case progressed(TrainingPhase, completed: Int, total: Int)
  /// A phase ends.
  case finished(TrainingPhase)
  /// A notice for the user.
  case notice(TrainingNotice)
  /// The training continues an interrupted run after `step` updates.
  case resumed(step: Int)
  /// An update was made; some carry the result of a validation.
  case trained(TrainingEvent<TrainingUpdate, NetworkValidation>)
}

/// A part of the work of ``TrainingPipeline``.
public enum TrainingPhase: Sendable, Equatable, CaseIterable {
  /// Bringing the catalog up to date with the folder.
  case indexing
  /// Decoding the pictures, or cutting windows.
  case decoding
  /// Computing the closed form, and the targets of the residual network.
  case learning
  /// Training the residual network.
  case trainingResidualNetwork
  /// Training the encoder and the hypernetwork.
  case training
  /// Choosing the weight of the residual network on validation pictures.
  case deciding

  /// The unit of the progress: files, pictures, percent or steps.
  public var unit: String {
    switch self {
    case .indexing: "files"
    case .decoding: "pictures"
    case .learning, .deciding: "percent"
    case .trainingResidualNetwork, .training: "steps"
    }
  }
}

/// The error of a network on validation pictures during training.
public enum NetworkValidation: Sendable, Equatable {
  /// Mean squared errors of a hypernetwork.
  case errors(ValidationResult)
  /// Squared errors of a residual network divided by those of the closed form.
  case ratios(ResidualValidation)
  /// Squared errors of a grid prior divided by those of linear interpolation.
  case grid(GridValidation)
}

/// A notice about a run for the user; the description is one line.
public enum TrainingNotice: Sendable, Equatable, CustomStringConvertible {
  /// The numbers of training and validation pictures or windows, and of a hypernetwork's parameters.
  case pictures(training: Int, validation: Int, scope: PriorScope, parameters: Int?)
  /// Whether the collection's pictures are aligned, which chose the kind of prior.
  case alignment(CollectionAlignment)
  /// There are too few pictures to tell whether they are aligned, and their sizes differ.
  case fewPicturesOfManySizes
  /// The samples that become 0...1, and the way they were chosen.
  case range(PictureScale, RangeChoice)
  /// The residual network is omitted because there are too few pictures.
  case residualNetworkLeftOut
  /// Early stopping: the validation error had stopped decreasing.
  case endedEarly(step: Int)
  /// Pictures that could not be read are left out; the first one is named with the reason.
  case picturesNotRead(count: Int, first: String)
  /// Folders that could not be listed, and pages of stacks over the limit, are left out; the first
  /// is named with the reason.
  case partsLeftOut(count: Int, first: String)
  /// The state could not be saved; the training continues, and an older checkpoint is kept.
  case checkpointNotWritten(path: String, reason: String)
  /// A validation could not be recorded in the catalog; the training continues.
  case validationsNotRecorded(reason: String)
  /// The catalog could not record which run this one continues; the training continues.
  case continuationNotRecorded(reason: String)
  /// The training could not be written for TensorBoard; it continues.
  case eventsNotWritten(path: String, reason: String)
  /// The model is written, but the run could not be recorded in the catalog.
  case runNotRecorded(reason: String)

  private static func ratio(_ alignment: CollectionAlignment) -> String {
    let percent = 100 * alignment.subspaceError / max(1e-12, alignment.interpolationError)
    return "\(Int(min(percent, 1e6).rounded()))%"
  }

  /// Whether the notice reports a failure.
  public var isWarning: Bool {
    switch self {
    case .pictures, .alignment, .fewPicturesOfManySizes, .range, .residualNetworkLeftOut,
      .endedEarly:
      false
    case .picturesNotRead, .partsLeftOut, .checkpointNotWritten, .validationsNotRecorded,
      .continuationNotRecorded, .eventsNotWritten, .runNotRecorded:
      true
    }
  }

  /// The message.
  public var description: String {
    switch self {
    case .pictures(let training, let validation, let scope, let parameters):
      "\(training) training \(scope.noun), \(validation) validation \(scope.noun)"
        + (parameters.map { ", \($0) parameters" } ?? "")
    case .alignment(let alignment):
      (alignment.isAligned
        ? "the pictures are aligned, so a subspace prior is learned: from 5% of the pixels its error is "
        : "the pictures are not aligned, so a grid prior is learned: from 5% of the pixels a subspace "
          + "prior's error is ")
        + Self.ratio(alignment) + " of linear interpolation's; --prior overrides this"
    case .fewPicturesOfManySizes:
      "the pictures are few and of different sizes, so a grid prior is learned; --prior overrides this"
    case .range(let scale, let choice):
      "\(scale.summary) become 0 to 1 (range \(choice))"
    case .residualNetworkLeftOut:
      "there are too few pictures to train a residual network; only the closed form is computed"
    case .endedEarly(let step):
      "ended at step \(step), before the end of its length: the validation error stopped decreasing"
    case .picturesNotRead(let count, let first):
      (count == 1 ? "1 picture" : "\(count) pictures")
        + " could not be read, so the training is without them (\(first.onOneLine)); run the command again "
        + "when they can be"
    case .partsLeftOut(let count, let first):
      "the training is without a part of the collection (\(first.onOneLine))"
        + (count == 1
          ? "" : "; 'siren-hyper dataset index' names all \(count) such parts")
    case .checkpointNotWritten(let path, let reason):
      "the training could not be saved in '\(path)' (\(reason)); it continues, an earlier checkpoint "
        + "is kept, and the next attempt is in a minute"
    case .validationsNotRecorded(let reason):
      "a validation could not be recorded in the catalog (\(reason)); the training continues, and the "
        + "next attempt is in a minute"
    case .continuationNotRecorded(let reason):
      "the catalog could not record which run this one continues (\(reason)); the training continues"
    case .eventsNotWritten(let path, let reason):
      "the training could not be written for TensorBoard in '\(path)' (\(reason)); it continues, and "
        + "the updates until the next attempt are missing there"
    case .runNotRecorded(let reason):
      "the model is written, but the catalog could not record the run: \(reason)"
    }
  }
}
