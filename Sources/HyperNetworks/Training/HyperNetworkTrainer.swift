import DifferentiableCore
import Foundation
import ImagePriors
import Numerics
import Training

/// Trains a prior by updates of a `TrainingState`.
///
/// A batch is divided into pieces of pictures with the same number of points. A thread computes the
/// gradient of a whole piece, and the gradients are added in the order of the pieces. There is one parallel
/// region per update, and the result does not depend on the number of threads.
public struct HyperNetworkTrainer: Sendable {
  /// The run's settings.
  public let settings: HyperNetworkTrainingSettings
  private let configuration: HyperNetworkConfiguration
  private let sampler: TrainingSampler
  private let validator: HyperNetworkValidator

  /// A trainer for pictures of the training and of the validation split.
  ///
  /// - Throws: `PriorError` if a split has too few pictures.
  public init(
    _ configuration: HyperNetworkConfiguration, training: any TrainingPictures,
    validation: any TrainingPictures, settings: HyperNetworkTrainingSettings
  ) throws {
    guard training.count >= 2 else {
      throw PriorError.tooFewPictures(split: "training", count: training.count)
    }
    self.settings = settings
    self.configuration = configuration
    sampler = TrainingSampler(training, settings)
    validator = HyperNetworkValidator(validation)
  }

  /// The start of a run.
  public func start() -> TrainingState {
    TrainingState(HyperNetworkPrior(configuration, seed: settings.seed).parameters)
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - state: the state to update.
  ///   - progress: the completed fraction of the run, which sets the learning rate.
  /// - Throws: `PriorError/diverged(step:)` if the loss is not finite.
  public func step(_ state: inout TrainingState, progress: Double) throws {
    try update(&state, progress: progress)
  }

  /// The error on the validation pictures.
  ///
  /// - Throws: errors of reading the pictures.
  public func validate(_ model: HyperNetworkPrior) throws -> ValidationResult {
    try validator.validate(model)
  }

  /// Trains until the end, or until a request to stop.
  ///
  /// - Parameters:
  ///   - state: where to start; where it ended.
  ///   - shouldStop: asked before every update.
  ///   - report: called after every update.
  ///   - save: called with the state periodically, and after a request to stop.
  ///   - saving: the interval of periodic saving, and the handler of its failures.
  /// - Throws: `TrainingError.diverged(step:)`, or the errors of `save`.
  public func run(
    _ state: inout TrainingState, shouldStop: () -> Bool = { false },
    report: (TrainingEvent<TrainingUpdate, ValidationResult>) -> Void = { _ in },
    save: (TrainingState) throws -> Void = { _ in }, saving: PeriodicSaving = PeriodicSaving()
  ) throws -> TrainingEnding {
    try train(&state, shouldStop: shouldStop, report: report, save: save, saving: saving)
  }

  /// The prior with the averaged parameters of the lowest validation error.
  public func best(_ state: TrainingState) -> HyperNetworkPrior {
    HyperNetworkPrior(configuration, parameters: state.best)
  }

  /// A text that identifies a run: its settings, configuration and pictures.
  public func fingerprint(pictures: String) throws -> String {
    try fingerprint(configuration, settings, pictures: pictures)
  }
}

extension HyperNetworkTrainer: TrainingObjective {
  package var loopSettings: TrainingLoopSettings {
    TrainingLoopSettings(
      length: settings.length, batchSize: settings.batchSize, learningRate: settings.learningRate,
      schedule: settings.schedule, gradientLimit: settings.gradientLimit,
      validations: settings.validations)
  }

  package func gradient(
    of parameters: Parameters, step: Int
  ) throws -> (loss: Double, gradient: ParameterGradient) {
    let indices = sampler.pictureIndices(step: step)
    let (loss, gradient) = try gradient(of: parameters, inPieces: sampler.shardCount) {
      number, tracked in
      let shard = try sampler.shard(number, of: indices, step: step)
      // Pieces are weighted by their number of pictures; the last one may be smaller.
      let share = Float(shard.targetValues.shape[0]) / Float(indices.count)
      let loss = HyperNetworkLoss(
        shard.batch, targets: shard.targetValues, share: share, settings, configuration, tracked)
      return (Double(loss.image), loss.total)
    }
    // Values in -1...1 have four times the squared error of values in 0...1.
    return (loss / 4, gradient)
  }

  package func validate(_ parameters: Parameters) throws -> ValidationResult {
    try validate(HyperNetworkPrior(configuration, parameters: parameters))
  }

  package func score(_ validation: ValidationResult) -> Double? {
    validation.score
  }
}
