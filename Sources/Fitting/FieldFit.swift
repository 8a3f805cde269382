import DifferentiableCore
import Fields
import Numerics
import Training

/// How a field is fitted.
public struct FitSettings: Sendable, Equatable {
  /// Points an update; nil takes all of them.
  public var batchSize: Int?
  /// The peak learning rate.
  public var learningRate: Float
  /// The learning rate over the run.
  public var schedule: Schedule
  /// How the parameters are moved.
  public var optimizer: FitOptimizer
  /// The frequency scale up to which the first layer moves at the full learning rate; a layer of scale
  /// omega moves at this over omega of it.
  ///
  /// Omega multiplies a move of the weights before it reaches the phase: at omega 3,000 a move of 1e-3
  /// is half a turn.
  public var firstLayerScale: Float

  /// Settings from their values.
  public init(
    batchSize: Int?, learningRate: Float, schedule: Schedule, optimizer: FitOptimizer,
    firstLayerScale: Float = .infinity
  ) {
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.schedule = schedule
    self.optimizer = optimizer
    self.firstLayerScale = firstLayerScale
  }

  /// Batches of 4,096 random points, Adam from 1e-3 along a cosine to 0 (at 2e-3 it reached 3 dB less
  /// in the same time, with half the batch 1 dB less; measured on a 256x256 photograph), and a first
  /// layer that moves as one of scale 30.
  public static let standard = FitSettings(
    batchSize: 4_096, learningRate: 1e-3, schedule: .cosine(warmUp: 0.01), optimizer: .adam,
    firstLayerScale: 30)

  /// As ``standard``, with larger batches, for conditions on differences between pixels: slow
  /// variations show in large windows alone; see ``GridObjective``.
  public static let differences = FitSettings(
    batchSize: 16_384, learningRate: 1e-3, schedule: .cosine(warmUp: 0.01), optimizer: .adam,
    firstLayerScale: 30)

  /// The well-known notebook's: all points, Adam at 1e-4 (arXiv 2006.09661, explore_siren).
  public static let notebook = FitSettings(
    batchSize: nil, learningRate: 1e-4, schedule: .constant, optimizer: .adam)
}

/// What one update did.
public struct FitStep: Sendable, Equatable {
  /// The mean loss over the batch before the update.
  public var loss: Double
  /// The learning rate to go on with, if the fit diverged here and went back to its last good state.
  public var restartedWith: Float?
}

/// The fit of a SIREN to an objective: a value that each step advances.
///
/// Random choices follow from the seed and the step, so one seed gives one result with any number of
/// threads.
///
/// ```swift
/// var fit = FieldFit(SampleObjective(image), architecture, .standard, seed: 1)
/// _ = try fit.run(FitLimits(steps: 500))
/// ```
public struct FieldFit: Sendable {
  /// The network as fitted so far.
  public private(set) var field: Siren
  /// Number of updates made.
  public private(set) var step = 0
  /// What the field is fitted to.
  public let objective: any FieldObjective
  private let settings: FitSettings
  private let seed: UInt64
  private var learningRate: Float
  private var optimizer: Optimizer
  private var watch: DivergenceGuard

  /// A fit at its start.
  ///
  /// - Parameters:
  ///   - objective: what to fit to; its coordinates and outputs must be the architecture's.
  ///   - architecture: of the network.
  ///   - settings: batches, optimizer and learning rate.
  ///   - seed: of the initialization and the batches.
  public init(
    _ objective: any FieldObjective, _ architecture: SirenArchitecture, _ settings: FitSettings,
    seed: UInt64
  ) {
    var random = Xoshiro256(seed: seed)
    self.init(objective, startingFrom: Siren(architecture, random: &random), settings, seed: seed)
  }

  /// A fit that starts from a network.
  ///
  /// - Parameter seed: of the batches.
  public init(
    _ objective: any FieldObjective, startingFrom field: Siren, _ settings: FitSettings,
    seed: UInt64
  ) {
    let shape = field.architecture
    precondition(
      shape.coordinates == objective.coordinates && shape.outputs == objective.outputs,
      "a network of \(shape.coordinates) coordinates and \(shape.outputs) outputs does not fit "
        + "\(objective.coordinates) coordinates and \(objective.outputs) outputs")
    self.objective = objective
    self.field = field
    self.settings = settings
    self.seed = seed
    learningRate = settings.learningRate
    optimizer = settings.optimizer.start(for: field)
    watch = DivergenceGuard(
      start: .init(field: field, optimizer: optimizer), constantLoss: objective.constantLoss)
  }

  /// One update.
  ///
  /// A fit that diverges goes back to its last good state, or to its start, and on with a quarter of
  /// the learning rate.
  ///
  /// - Parameter progress: fraction of the run that is done, which sets the learning rate.
  /// - Throws: ``FitError`` when it diverges once more after six restarts.
  @discardableResult
  public mutating func advance(progress: Double) throws -> FitStep {
    let batch = PointBatch(size: settings.batchSize, seed: seed, step: step)
    let (loss, gradient) = objective.lossGradient(of: field, batch)
    step += 1
    if watch.observe(
      loss, learningRate: learningRate, .init(field: field, optimizer: optimizer))
    {
      guard watch.restarts < DivergenceGuard.restartLimit else {
        throw FitError.diverged(
          step: step, restarts: watch.restarts, learningRate: learningRate)
      }
      watch.restart()
      learningRate *= DivergenceGuard.gentler
      field = watch.lastGood.field
      optimizer = watch.lastGood.optimizer
      return FitStep(loss: loss, restartedWith: learningRate)
    }
    move(against: gradient, progress: progress)
    return FitStep(loss: loss, restartedWith: nil)
  }

  private mutating func move(against gradient: [Float], progress: Double) {
    let shape = field.architecture
    let share = min(1, settings.firstLayerScale / shape.omegaFirst)
    let first = 0..<(shape.layers[0].inputs + 1) * shape.layers[0].outputs
    let before = share < 1 ? Array(field.parameters.values[first]) : []
    optimizer.update(
      &field.parameters.values, gradient: gradient,
      learningRate: learningRate * Float(settings.schedule.factor(at: progress)))
    for (index, value) in before.enumerated() {
      field.parameters.values[index] = value + share * (field.parameters.values[index] - value)
    }
  }
}
