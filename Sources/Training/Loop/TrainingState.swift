import DifferentiableCore

/// Everything that a training changes, as a value: an update maps one state to the next.
public struct TrainingState: Sendable, Equatable, LearnedState {
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
