import DifferentiableCore
import Training

/// Everything that learning a correction changes, as a value.
public struct CorrectionState: Sendable, Equatable {
  /// As the optimizer moves it.
  var network: CorrectionNetwork
  /// The optimizer's moments.
  var optimizer: Adam
  /// A moving average of the parameters, which errs less than they do (Polyak and Juditsky 1992).
  var average: [Float]
  /// The average that did best on validation pictures so far, and how well.
  var best: [Float]
  /// See ``CorrectionValidation/score``; 0 is no better than no correction.
  var bestScore = 0.0
  /// Updates made; with the seed it decides every random choice to come.
  public internal(set) var step = 0
  /// Seconds of learning so far.
  public internal(set) var seconds = 0.0

  /// The start of a run.
  init(_ configuration: CorrectionNetwork.Configuration, seed: UInt64) {
    network = CorrectionNetwork(configuration, seed: seed)
    let count = network.parameters.values.count
    optimizer = Adam(parameterCount: count, settings: CorrectionSettings.optimizer)
    average = network.parameters.values
    best = average
  }

  /// The network with the parameters that did best; nil if none did better than no correction.
  var bestNetwork: CorrectionNetwork? {
    bestScore < 0 ? network.with(best) : nil
  }
}
