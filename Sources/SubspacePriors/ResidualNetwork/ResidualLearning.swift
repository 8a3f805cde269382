import DifferentiableCore
import Foundation
import ImagePriors
import Training

/// Learns a subspace prior with a residual network.
///
/// It computes the closed form and examples of its errors, trains the network on these, and chooses
/// the weight of the network's predictions.
public struct ResidualLearning: Sendable {
  /// The closed form, not calibrated yet.
  private let prior: SubspacePrior
  private let validation: any TrainingPictures
  private let trainer: ResidualTrainer
  private let seed: UInt64

  /// Fractions of the pixels that are observed in validation.
  private static let validationFractions = [0.01, 0.1, 0.3]
  private static let validationPictures = 64
  /// The closed form's fraction of the time before the training.
  ///
  /// The examples take the rest (measured on 10,746 faces).
  private static let closedFormWeight = 0.05
  /// With fewer pictures a network would overfit.
  private static let fewestPictures = (training: 64, validation: 8)

  /// Whether there are enough pictures to learn a residual network from.
  public static func isPossible(
    training: any TrainingPictures, validation: any TrainingPictures
  ) -> Bool {
    training.count >= fewestPictures.training && validation.count >= fewestPictures.validation
  }

  /// Numbers of observed random pixels in validation, ascending and distinct.
  ///
  /// - Parameters:
  ///   - pixels: number of pixels of a picture.
  ///   - functions: number of the prior's functions, which is the largest number of points.
  package static func validationPoints(pixels: Int, functions: Int) -> [Int] {
    let counts = validationFractions.map {
      min(functions, max(1, Int(($0 * Double(pixels)).rounded())))
    }
    return Set(counts).sorted()
  }

  /// Does everything that comes before the training.
  ///
  /// - Parameters:
  ///   - training: the pictures to learn from; see ``isPossible(training:validation:)``.
  ///   - validation: these pictures choose the best network and, at the end, the weight of its predictions.
  ///   - components: how the closed form is learned.
  ///   - settings: how the network is trained.
  ///   - progress: called with the fraction that is done, 0...1.
  /// - Throws: `PriorError`, `LinearAlgebraError`, or what `progress` throws.
  public init(
    training: any TrainingPictures, validation: any TrainingPictures,
    components: SubspaceLearningSettings, settings: ResidualSettings,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    guard Self.isPossible(training: training, validation: validation) else {
      let lacking = training.count < Self.fewestPictures.training
      throw PriorError.tooFewPictures(
        split: lacking ? "training" : "validation",
        count: lacking ? training.count : validation.count)
    }
    prior = try SubspacePrior.gaussian(
      training: training, validationPictures: validation, settings: components,
      progress: { try progress(Self.closedFormWeight * $0) })
    let neighbourhood = try prior.bestNeighbourhood(
      among: ResidualExamples.neighbourhoods(training, settings: components),
      on: validation, seed: components.seed)
    let examples = try ResidualExamples(
      training, settings: components, neighbourhood: neighbourhood,
      uses: settings.uses(pixels: training.size * training.size),
      progress: { try progress(Self.closedFormWeight + (1 - Self.closedFormWeight) * $0) })
    let grid = ResidualGrid(prior)
    let counts = Self.validationPoints(
      pixels: training.size * training.size, functions: prior.basis.count)
    let validationPictures = try counts.map { [prior] count in
      (
        points: count,
        examples: try ResidualExamples.validationPictures(
          prior, grid, validation, count: count, limit: Self.validationPictures,
          neighbourhood: neighbourhood, seed: settings.seed)
      )
    }
    trainer = ResidualTrainer(
      settings: settings,
      configuration: .init(
        size: prior.imageSize, channels: prior.channels, neighbourhood: neighbourhood),
      examples: examples, validationPictures: validationPictures)
    self.validation = validation
    seed = components.seed
  }

  /// The start of the training.
  public func start() -> TrainingState { trainer.start() }

  /// Trains until the end, or until told to stop.
  ///
  /// - Parameters:
  ///   - state: the start of the run, and afterwards its end.
  ///   - shouldStop: asked before every update.
  ///   - report: called after every update.
  ///   - save: called with the state at intervals, and when the training is stopped.
  ///   - saving: the interval, and what happens if a save fails meanwhile.
  /// - Throws: `TrainingError.diverged(step:)`, or what `save` throws.
  public func run(
    _ state: inout TrainingState, shouldStop: () -> Bool = { false },
    report: (TrainingEvent<TrainingUpdate, ResidualValidation>) -> Void = { _ in },
    save: (TrainingState) throws -> Void = { _ in }, saving: PeriodicSaving = PeriodicSaving()
  ) throws -> TrainingEnding {
    try trainer.train(
      &state, shouldStop: shouldStop, report: report, save: save, saving: saving)
  }

  /// The calibrated prior with the best network on validation pictures, or without a network if
  /// none lowers the error there.
  ///
  /// - Throws: `LinearAlgebraError`, or what `progress` throws.
  public func finish(
    _ state: TrainingState, progress: (Double) throws -> Void = { _ in }
  ) throws -> SubspacePrior {
    var result = prior
    result.residualNetwork = trainer.bestNetwork(state).flatMap { PictureResidual($0, for: prior) }
    try result.calibrate(on: validation, seed: seed, progress: progress)
    if result.calibration.allSatisfy({ $0.residualWeight == 0 }) { result.residualNetwork = nil }
    return result
  }
}
