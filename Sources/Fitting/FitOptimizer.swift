import Fields
import Training

/// The optimizers available for fits.
public enum FitOptimizer: String, Sendable, CaseIterable {
  /// Adam on all parameters (Kingma and Ba 2015).
  case adam
  /// Muon on the matrices between hidden layers, Adam on the rest.
  case muon
  /// Gradient descent with momentum.
  case sgd

  /// The initial learning rate.
  ///
  /// Muon's 0.003 applies to its matrices, beside Adam's 0.001 (measured on a 256x256 photograph). The rate of
  /// gradient descent was chosen without measurement.
  public var learningRate: Float {
    switch self {
    case .adam: 1e-3
    case .muon: 3e-3
    case .sgd: 1e-2
    }
  }

  /// The settings for a network's parameters.
  func settings(for shape: SirenArchitecture) -> OptimizerSettings {
    switch self {
    case .adam: .adam()
    case .muon: .muon(matrices: shape.layers.dropFirst().dropLast().map(\.weightName))
    case .sgd: .gradientDescent(GradientDescent.Settings(momentum: 0.9))
    }
  }

  /// Fresh state for a network's parameters.
  func start(for field: Siren) -> Optimizer {
    Optimizer(settings(for: field.architecture), layout: field.parameters.layout)
  }
}
