import Training

/// How a grid prior is trained.
public struct GridTrainingSettings: Sendable, Equatable {
  /// The length of the training, which also sets the schedule of the learning rate.
  public var length: TrainingLength
  /// What is made small.
  public var goal = GridTrainingGoal.relativeError
  /// Windows per update.
  public var batchSize = 8
  /// The learning rate after the warm-up; 2e-3 learns a little faster and diverged after 7,536 updates (measured).
  public var learningRate: Float = 1e-3
  /// The largest norm of a gradient; a longer one is scaled down.
  public var gradientLimit: Float = 1
  /// The smallest share of a window's pixels that is observed.
  public var smallestShare: Float = 0.02
  /// The largest share of a window's pixels that is observed at random.
  public var largestShare: Float = 0.5
  /// The largest standard deviation of the noise of observed values, for values 0...1; 0 for exact values.
  public var noise: Float = 0
  /// Whether mirrored and turned windows are as likely as the window.
  public var mirrors = true
  /// About how often the network is validated.
  public var validations = 20
  /// Decides the initial parameters and every random choice.
  public var seed: UInt64 = 1

  /// The defaults for a training of some length.
  public init(length: TrainingLength) { self.length = length }

  /// The defaults for adapting a trained prior to other pictures; Docs/EXPERIMENTS.md has what was tried.
  public static func adapting(length: TrainingLength) -> GridTrainingSettings {
    var settings = GridTrainingSettings(length: length)
    settings.goal = .decibels
    settings.learningRate = 5e-4
    return settings
  }

  /// Windows of one piece of a batch, which one thread takes.
  static let windowsPerPiece = 4
  /// The learning rate rises over the first hundredth of the run and then falls to 0.
  static let schedule = Schedule.cosine(warmUp: 0.01)
  /// Adam with a large weight decay and a short second moment, as for the residual network of a subspace prior.
  static let optimizer = Adam.Settings(beta1: 0.9, beta2: 0.95, weightDecay: 0.1)
}
