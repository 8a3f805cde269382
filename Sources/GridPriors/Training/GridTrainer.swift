import DifferentiableCore
import Foundation
import ImagePriors
import Numerics
import Signals
import Training

/// Trains a grid prior by updates of a `TrainingState`.
///
/// A batch is divided into pieces, each of which one thread takes, and the gradients are added in the order of the
/// pieces. So the result does not depend on the number of threads.
public struct GridTrainer: Sendable {
  /// The run's settings.
  public let settings: GridTrainingSettings
  private let configuration: GridPriorConfiguration
  private let sampler: GridSampler
  private let validator: GridValidator
  private let start: Parameters
  /// Identifies the initial model; empty for a run from nothing, whose seed decides the start.
  private let beginning: String

  /// A trainer for windows of the training and of the validation split.
  ///
  /// - Parameter initial: a trained prior of the same configuration to start from; nil to start from nothing.
  /// - Throws: `PriorError` if a split has too few windows, or errors of reading them.
  public init(
    _ configuration: GridPriorConfiguration, training: any TrainingPictures,
    validation: any TrainingPictures, settings: GridTrainingSettings, initial: GridPrior? = nil
  ) throws {
    guard training.count >= 2 else {
      throw PriorError.tooFewPictures(split: "training", count: training.count)
    }
    self.settings = settings
    self.configuration = configuration
    sampler = GridSampler(pictures: training, settings: settings)
    validator = try GridValidator(validation)
    start = (initial ?? GridPrior(configuration, seed: settings.seed)).parameters
    beginning = initial.map { " initial \(Self.digest($0.parameters.values))" } ?? ""
  }

  /// Number of parameters of the network.
  public var parameterCount: Int { start.layout.count }

  /// The start of a run.
  public func initialState() -> TrainingState {
    TrainingState(start, optimizer: GridTrainingSettings.optimizer)
  }

  /// The errors on the validation windows, relative to linear interpolation.
  public func validation(of prior: GridPrior) throws -> GridValidation {
    try validate(prior.parameters)
  }

  /// Trains until the end, or until a request to stop; see `TrainingLoop`.
  ///
  /// - Throws: `TrainingError.diverged(step:)`, or the errors of `save`.
  public func run(
    _ state: inout TrainingState, shouldStop: () -> Bool = { false },
    report: (TrainingEvent<TrainingUpdate, GridValidation>) -> Void = { _ in },
    save: (TrainingState) throws -> Void = { _ in }, saving: PeriodicSaving = PeriodicSaving()
  ) throws -> TrainingEnding {
    try train(&state, shouldStop: shouldStop, report: report, save: save, saving: saving)
  }

  /// The calibrated prior with the averaged parameters of the lowest validation error.
  ///
  /// - Throws: errors of reading the windows.
  public func best(_ state: TrainingState) throws -> GridPrior {
    guard var prior = GridPrior(configuration, parameters: state.best) else {
      throw PriorError.notFinite
    }
    prior.calibration = try validator.calibration(configuration.network, state.best)
    return prior
  }

  /// The 64-bit FNV-1a hash of the bits of some values.
  private static func digest(_ values: [Float]) -> String {
    var hash = FNVHash()
    hash.add(values)
    return String(hash.value, radix: 16)
  }

  /// A text that identifies a run: its settings, configuration and windows.
  public func fingerprint(pictures: String) throws -> String {
    try fingerprint(configuration, settings, pictures: pictures) + beginning
  }
}

extension GridTrainer: TrainingObjective {
  package var loopSettings: TrainingLoopSettings {
    TrainingLoopSettings(
      length: settings.length, batchSize: settings.batchSize, learningRate: settings.learningRate,
      schedule: GridTrainingSettings.schedule, gradientLimit: settings.gradientLimit,
      validations: settings.validations)
  }

  package func gradient(
    of parameters: Parameters, step: Int
  ) throws -> (loss: Double, gradient: ParameterGradient) {
    let own = EpochOrder(
      count: sampler.pictures.count, batchSize: settings.batchSize, seed: settings.seed,
      stream: .gridOrder
    ).indices(step: step)
    let size = GridTrainingSettings.windowsPerPiece
    let network = configuration.network
    return try gradient(of: parameters, inPieces: (own.count + size - 1) / size) {
      number, tracked in
      let part = Array(own[number * size..<min(own.count, (number + 1) * size)])
      let examples = try sampler.examples(part, step: step, piece: number)
      if examples.isEmpty { return nil }
      let (total, squares) = GridLoss(examples, settings.goal).value(network, tracked)
      let share = 1 / Float(own.count)
      return (Double(squares * share), total * share)
    }
  }

  package func validate(_ parameters: Parameters) throws -> GridValidation {
    try validator.validate(configuration.network, parameters)
  }

  package func score(_ validation: GridValidation) -> Double? { validation.score }
}
