import DifferentiableCore
import Fields
import Numerics
import Training

/// The settings of a fit.
public struct FitSettings: Sendable, Equatable {
  /// Points per update; nil means all points.
  public var batchSize: Int?
  /// The peak learning rate.
  public var learningRate: Float
  /// The schedule of the learning rate over the run.
  public var schedule: Schedule
  /// The optimizer.
  public var optimizer: FitOptimizer
  /// The frequency scale up to which the first layer is updated at the full learning rate.
  ///
  /// A layer of scale omega is updated at this value over omega of the rate. Omega multiplies a change of the weights
  /// before it reaches the phase: at omega 3,000 a change of 1e-3 is half a turn.
  public var firstLayerScale: Float

  /// Creates settings from their values.
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

  /// The standard settings: batches of 4,096 random points, and Adam from 1e-3 along a cosine to 0.
  ///
  /// At 2e-3 it reached 3 dB less in the same time, and with half the batch 1 dB less (measured on a 256x256
  /// photograph). The first layer is updated as if its scale were 30.
  public static let standard = FitSettings(
    batchSize: 4_096, learningRate: 1e-3, schedule: .cosine(warmUp: 0.01), optimizer: .adam,
    firstLayerScale: 30)

  /// The ``standard`` settings with larger batches, for conditions on differences between pixels.
  ///
  /// Slow variations show only in large windows; see ``GridObjective``.
  public static let differences = FitSettings(
    batchSize: 16_384, learningRate: 1e-3, schedule: .cosine(warmUp: 0.01), optimizer: .adam,
    firstLayerScale: 30)

  /// The well-known notebook's settings: all points, Adam at 1e-4 (arXiv 2006.09661, explore_siren).
  public static let notebook = FitSettings(
    batchSize: nil, learningRate: 1e-4, schedule: .constant, optimizer: .adam)
}

/// The result of one update.
public struct FitStep: Sendable, Equatable {
  /// The mean loss over the batch before the update.
  public var loss: Double
  /// The new learning rate, if the fit diverged here and returned to its last good state.
  public var restartedWith: Float?
}

/// The fit of a SIREN to an objective, as a value that each step advances.
///
/// Random choices follow from the seed and the step, so the same seed gives the same result for any number of
/// threads.
///
/// ```swift
/// var fit = FieldFit(SampleObjective(image), architecture, .standard, seed: 1)
/// _ = try fit.run(FitLimits(steps: 500))
/// ```
public struct FieldFit: Sendable {
  /// The network fitted so far.
  public internal(set) var field: Siren
  /// Number of updates made.
  public internal(set) var step = 0
  /// The objective to which the field is fitted.
  public let objective: any FieldObjective
  let settings: FitSettings
  private let seed: UInt64
  var learningRate: Float
  var optimizer: Optimizer
  var watch: DivergenceGuard
  /// Updates and seconds of an interrupted run that the next run continues.
  var done = (steps: 0, seconds: 0.0)

  /// Creates a fit at its start.
  ///
  /// - Parameters:
  ///   - objective: the objective; its coordinates and outputs must match the architecture.
  ///   - architecture: the shape of the network.
  ///   - settings: batches, optimizer and learning rate.
  ///   - seed: the seed of the initialization and the batches.
  public init(
    _ objective: any FieldObjective, _ architecture: SirenArchitecture, _ settings: FitSettings,
    seed: UInt64
  ) {
    var random = Xoshiro256(seed: seed)
    self.init(objective, startingFrom: Siren(architecture, random: &random), settings, seed: seed)
  }

  /// Creates a fit that starts from a network.
  ///
  /// - Parameter seed: the seed of the batches.
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

  /// Makes one update.
  ///
  /// A fit that diverges returns to its last good state, or to its start, and continues with a quarter of the
  /// learning rate.
  ///
  /// - Parameter progress: the completed fraction of the run, which sets the learning rate.
  /// - Throws: ``FitError`` if it diverges again after six restarts.
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
