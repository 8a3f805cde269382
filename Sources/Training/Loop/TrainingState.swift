import DifferentiableCore

/// Everything that a training changes, as a value: an update maps one state to the next.
public struct TrainingState: Sendable, Equatable, LearnedState {
  /// The current parameters.
  public internal(set) var parameters: Parameters
  /// The optimizer's moments.
  public internal(set) var optimizer: Adam
  /// The moving average of the parameters, and the best average.
  package var average: AveragedParameters
  /// Number of updates made.
  ///
  /// With the seed it decides every later random choice.
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

  /// The best averaged parameters on validation pictures.
  public var best: Parameters { Parameters(layout: parameters.layout, values: average.best) }
}
