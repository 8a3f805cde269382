import DifferentiableCore
import Foundation
import ImagePriors
import Training

/// Learns a subspace prior with a network that corrects it: the closed form, then examples of what it
/// gets wrong, then the network by training, then the choice of how much of it to believe.
public struct ResidualLearning: Sendable {
  /// The closed form, its settings not decided yet.
  private let prior: SubspacePrior
  private let validation: any TrainingPictures
  private let trainer: ResidualTrainer
  private let seed: UInt64

  /// Numbers of random pixels, as fractions of the pixels, that networks are judged with.
  private static let judgedFractions = [0.01, 0.1, 0.3]
  private static let validationPictures = 64
  /// Of the time before the training, which restorations take the rest of (measured on 10,746 faces).
  private static let closedFormWeight = 0.05
  /// With fewer pictures a network learns them by heart.
  private static let fewestPictures = (training: 64, validation: 8)

  /// Whether there are enough pictures to learn a residual network from.
  public static func isPossible(
    training: any TrainingPictures, validation: any TrainingPictures
  ) -> Bool {
    training.count >= fewestPictures.training && validation.count >= fewestPictures.validation
  }

  /// Numbers of random pixels that a network is judged with, ascending, each once.
  ///
  /// - Parameters:
  ///   - pixels: of a picture.
  ///   - functions: of the prior; more points than that are not tried.
  package static func judgedPoints(pixels: Int, functions: Int) -> [Int] {
    let counts = judgedFractions.map {
      min(functions, max(1, Int(($0 * Double(pixels)).rounded())))
    }
    return Set(counts).sorted()
  }

  /// Does all but the training.
  ///
  /// - Parameters:
  ///   - training: the pictures to learn from; see ``isPossible(training:validation:)``.
  ///   - validation: judge the network on the way, and at the end decide how much of it is believed.
  ///   - components: how large the closed form becomes.
  ///   - settings: of the training.
  ///   - progress: told the fraction that is done, 0...1.
  /// - Throws: ``PriorError``, `LinearAlgebraError`, or what `progress` throws.
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
      judgedBy: validation, seed: components.seed)
    let examples = try ResidualExamples(
      training, settings: components, neighbourhood: neighbourhood,
      looks: settings.looks(pixels: training.size * training.size),
      progress: { try progress(Self.closedFormWeight + (1 - Self.closedFormWeight) * $0) })
    let grid = ResidualGrid(prior)
    let counts = Self.judgedPoints(
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
  ///   - state: where to start; where it ended.
  ///   - shouldStop: asked after every update.
  ///   - report: called after every update.
  ///   - save: called about every minute and when stopped early.
  /// - Throws: ``PriorError/diverged(step:)``, or what `save` throws.
  public func run(
    _ state: inout TrainingState, shouldStop: () -> Bool = { false },
    report: (TrainingEvent<ResidualValidation>) -> Void = { _ in },
    save: (TrainingState) throws -> Void = { _ in }
  ) throws -> TrainingEnd {
    try trainer.runTrainingLoop(&state, shouldStop: shouldStop, report: report, save: save)
  }

  /// The prior with the network that did best on validation pictures, as much of it as helps there.
  public func finish(
    _ state: TrainingState, progress: (Double) throws -> Void = { _ in }
  ) throws -> SubspacePrior {
    var result = prior
    result.residualNetwork = trainer.bestNetwork(state).flatMap { PictureResidual($0, for: prior) }
    try result.selectSettings(validation, seed: seed, progress: progress)
    if result.settings.allSatisfy({ $0.residualWeight == 0 }) { result.residualNetwork = nil }
    return result
  }
}
