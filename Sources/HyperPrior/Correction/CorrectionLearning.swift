import DifferentiableCore
import Foundation
import Training

/// Learns a prior of components with a network that corrects it: the closed form, then examples of what it
/// gets wrong, then the network by descent, then the choice of how much of it to believe.
public struct CorrectionLearning: Sendable {
  /// The closed form, its settings not decided yet.
  private let prior: ComponentPrior
  private let validation: any TrainingPictures
  private let trainer: CorrectionTrainer
  private let seed: UInt64

  /// Numbers of random pixels, as fractions of the pixels, that networks are judged with.
  private static let judgedFractions = [0.01, 0.1, 0.3]
  private static let judges = 64
  /// Of the time before the descent, which restorations take the rest of (measured on 10,746 faces).
  private static let closedFormShare = 0.05
  /// With fewer pictures a network learns them by heart.
  private static let fewestPictures = (training: 64, validation: 8)

  /// Whether there are enough pictures to learn a correction from.
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

  /// Does all but the descent.
  ///
  /// - Parameters:
  ///   - training: the pictures to learn from; see ``isPossible(training:validation:)``.
  ///   - validation: judge the network on the way, and at the end decide how much of it is believed.
  ///   - components: how large the closed form becomes.
  ///   - settings: of the descent.
  ///   - progress: told the fraction that is done, 0...1.
  /// - Throws: ``PriorError``, `LinearAlgebraError`, or what `progress` throws.
  public init(
    training: any TrainingPictures, validation: any TrainingPictures,
    components: ComponentLearningSettings, settings: CorrectionSettings,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    guard Self.isPossible(training: training, validation: validation) else {
      let lacking = training.count < Self.fewestPictures.training
      throw PriorError.tooFewPictures(
        split: lacking ? "training" : "validation",
        count: lacking ? training.count : validation.count)
    }
    prior = try ComponentPrior.gaussian(
      training: training, judges: validation, settings: components,
      progress: { try progress(Self.closedFormShare * $0) })
    let neighbourhood = try prior.bestNeighbourhood(
      among: CorrectionExamples.neighbourhoods(training, settings: components),
      judgedBy: validation, seed: components.seed)
    let examples = try CorrectionExamples(
      training, settings: components, neighbourhood: neighbourhood,
      looks: settings.looks(pixels: training.size * training.size),
      progress: { try progress(Self.closedFormShare + (1 - Self.closedFormShare) * $0) })
    let grid = CorrectionGrid(prior)
    let counts = Self.judgedPoints(
      pixels: training.size * training.size, functions: prior.basis.count)
    let judges = try counts.map { [prior] count in
      (
        points: count,
        examples: try CorrectionExamples.judges(
          prior, grid, validation, count: count, limit: Self.judges,
          neighbourhood: neighbourhood, seed: settings.seed)
      )
    }
    trainer = CorrectionTrainer(
      settings: settings,
      configuration: .init(
        size: prior.imageSize, channels: prior.channels, neighbourhood: neighbourhood),
      examples: examples, judges: judges)
    self.validation = validation
    seed = components.seed
  }

  /// The start of the descent.
  public func start() -> DescentState { trainer.start() }

  /// Descends until the end, or until told to stop.
  ///
  /// - Parameters:
  ///   - state: where to start; where it ended.
  ///   - shouldStop: asked after every update.
  ///   - report: called after every update.
  ///   - save: called about every minute and when stopped early.
  /// - Throws: ``PriorError/diverged(step:)``, or what `save` throws.
  public func run(
    _ state: inout DescentState, shouldStop: () -> Bool = { false },
    report: (DescentEvent<CorrectionValidation>) -> Void = { _ in },
    save: (DescentState) throws -> Void = { _ in }
  ) throws -> DescentEnd {
    try trainer.descend(&state, shouldStop: shouldStop, report: report, save: save)
  }

  /// The prior with the network that did best on validation pictures, as much of it as helps there.
  public func finish(
    _ state: DescentState, progress: (Double) throws -> Void = { _ in }
  ) throws -> ComponentPrior {
    var result = prior
    result.correction = trainer.bestNetwork(state).flatMap { PictureCorrection($0, for: prior) }
    try result.selectSettings(validation, seed: seed, progress: progress)
    if result.settings.allSatisfy({ $0.correctionShare == 0 }) { result.correction = nil }
    return result
  }
}
