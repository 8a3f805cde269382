import DifferentiableCore

/// Everything that a training changes, as a value: an update maps one state to the next.
public struct TrainingState: Sendable, Equatable {
  /// As the optimizer moves them.
  public internal(set) var parameters: Parameters
  /// The optimizer's moments.
  public internal(set) var optimizer: Adam
  /// Their moving average, and the best of it.
  package var average: AveragedParameters
  /// Number of updates made; with the seed it decides every random choice to come.
  public internal(set) var step: Int
  /// Seconds of training so far, over all its parts.
  public internal(set) var seconds: Double
  /// Running mean of the loss, for the progress line.
  public internal(set) var smoothedLoss: Double

  /// The start of a run.
  package init(_ parameters: Parameters, optimizer settings: Adam.Settings = .init()) {
    self.parameters = parameters
    optimizer = Adam(parameterCount: parameters.values.count, settings: settings)
    average = AveragedParameters(parameters.values)
    step = 0
    seconds = 0
    smoothedLoss = .nan
  }

  /// The averaged parameters that did best on held-out pictures.
  public var best: Parameters { Parameters(layout: parameters.layout, values: average.best) }
}

/// What a training reports after an update.
public struct TrainingEvent<Validation: Sendable>: Sendable {
  /// Updates made.
  public let step: Int
  /// Running mean of the loss.
  public let loss: Double
  /// How the averaged parameters do on held-out pictures; only after some updates.
  public let validation: Validation?
  /// Pictures learned from a second, over the run.
  public let picturesPerSecond: Double
  /// Seconds so far.
  public let seconds: Double
  /// Fraction of the run that is done, 0...1.
  public let progress: Double
}

/// How a training ended.
public enum TrainingEnd: Sendable, Equatable {
  /// It is over.
  case complete
  /// It is over before its time: held-out pictures said for long that it got no better.
  case exhausted
  /// It was told to stop, and can be gone on with.
  case interrupted
}
