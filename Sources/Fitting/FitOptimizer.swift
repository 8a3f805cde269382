import Fields
import Training

/// The optimizers that fits offer.
public enum FitOptimizer: String, Sendable, CaseIterable {
  /// Adam on all parameters (Kingma and Ba 2015).
  case adam
  /// Muon on the matrices between hidden layers, Adam on the rest.
  case muon
  /// Gradient descent with momentum.
  case sgd

  /// A learning rate to begin with.
  ///
  /// Muon's 0.003 is that of its matrices, beside Adam's 0.001 (measured on a 256x256 photograph);
  /// gradient descent's was chosen and not measured.
  public var learningRate: Float {
    switch self {
    case .adam: 1e-3
    case .muon: 3e-3
    case .sgd: 1e-2
    }
  }

  /// Fresh state for a network's parameters.
  func start(for field: Siren) -> Optimizer {
    let layers = field.architecture.layers
    let settings: OptimizerSettings =
      switch self {
      case .adam: .adam()
      case .muon: .muon(matrices: layers.dropFirst().dropLast().map(\.weightName))
      case .sgd: .gradientDescent(GradientDescent.Settings(momentum: 0.9))
      }
    return Optimizer(settings, layout: field.parameters.layout)
  }
}
