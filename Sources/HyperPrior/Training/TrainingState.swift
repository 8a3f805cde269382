import DifferentiableCore
import Training

/// Everything that training changes, as a value: a step maps one state to the next.
public struct TrainingState: Sendable, Equatable {
  /// The prior as trained so far.
  public internal(set) var model: PriorModel
  /// The optimizer's moments.
  public internal(set) var optimizer: Adam
  /// Number of updates made; with the seed it decides every random choice to come.
  public internal(set) var step: Int
  /// Seconds of training so far, over all its parts.
  public internal(set) var seconds: Double
  /// Running mean of the image loss, for the progress line.
  public internal(set) var smoothedLoss: Double

  /// The start of a run.
  public init(_ configuration: PriorConfiguration, seed: UInt64) {
    model = PriorModel(configuration, seed: seed)
    optimizer = Adam(parameterCount: model.parameterCount)
    step = 0
    seconds = 0
    smoothedLoss = .nan
  }

  init(model: PriorModel, optimizer: Adam, step: Int, seconds: Double, smoothedLoss: Double) {
    self.model = model
    self.optimizer = optimizer
    self.step = step
    self.seconds = seconds
    self.smoothedLoss = smoothedLoss
  }
}

/// What a training run reports after a step.
public struct TrainingEvent: Sendable {
  /// Updates made.
  public let step: Int
  /// Running mean of the error on the training pictures, values 0...1.
  public let loss: Double
  /// Error on the held-out validation pictures, values 0...1; only after some steps.
  public let validation: ValidationResult?
  /// Pictures trained on a second, over the run.
  public let picturesPerSecond: Double
  /// Seconds of training so far.
  public let seconds: Double
  /// Fraction of the run that is done.
  public let progress: Double
}

/// Errors on the held-out pictures: mean squared, over all pixels, clipped to 0...1.
public struct ValidationResult: Sendable, Equatable {
  /// Number of observed points and the error with that many.
  public let errors: [(points: Int, meanSquaredError: Double)]

  /// The mean over the numbers of points.
  public var mean: Double {
    errors.reduce(0) { $0 + $1.meanSquaredError } / Double(max(1, errors.count))
  }

  /// Whether two results agree exactly.
  public static func == (left: ValidationResult, right: ValidationResult) -> Bool {
    left.errors.map(\.points) == right.errors.map(\.points)
      && left.errors.map(\.meanSquaredError) == right.errors.map(\.meanSquaredError)
  }
}
