import CKernels
import DifferentiableCore

/// Stochastic gradient descent, with optional momentum and Nesterov's look-ahead.
///
/// `v = momentum v + g`, then `p -= rate v`, or `p -= rate (g + momentum v)` with Nesterov
/// (Sutskever et al. 2013 in PyTorch's form, which scales by the rate last); the weight decay is
/// added to the gradient. Rounding follows PyTorch's.
public struct GradientDescent: Sendable, Equatable {
  /// Settings; the defaults are the plain method.
  public struct Settings: Sendable, Equatable, Codable {
    /// The fraction of the velocity that is kept, 0..<1; 0 is without momentum.
    public var momentum: Double
    /// Whether to look ahead; it has no effect without momentum.
    public var nesterov: Bool
    /// Added to the gradient, times the parameter.
    public var weightDecay: Double

    /// The plain method unless settings are given.
    public init(momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
      self.momentum = momentum
      self.nesterov = nesterov
      self.weightDecay = weightDecay
    }
  }

  /// The settings in use.
  public let settings: Settings
  /// Running sum of the gradients, one per parameter; not used without momentum.
  public private(set) var velocity: [Float]
  /// Number of updates made.
  public private(set) var step: Int

  /// Fresh state for a number of parameters.
  public init(parameterCount: Int, settings: Settings = Settings()) {
    self.init(
      settings: settings, velocity: [Float](repeating: 0, count: parameterCount), step: 0)
  }

  /// State continued from a checkpoint.
  public init(settings: Settings, velocity: [Float], step: Int) {
    self.settings = settings
    self.velocity = velocity
    self.step = step
  }

  /// Moves the parameters against the gradient; see ``Optimizer/update(_:gradient:learningRate:)``.
  public mutating func update(
    _ values: inout [Float], gradient: [Float], learningRate: some BinaryFloatingPoint
  ) {
    precondition(
      values.count == velocity.count && gradient.count == values.count,
      "\(values.count) parameters, \(gradient.count) derivatives, \(velocity.count) velocities")
    step += 1
    let kernelSettings = ck_descent_settings(
      learning_rate: Double(learningRate), momentum: settings.momentum,
      weight_decay: settings.weightDecay, nesterov: settings.nesterov ? 1 : 0)
    FlatPieces.update(&values, &velocity, with: gradient) { p, v, g, count in
      ck_gradient_descent(p, g, v, count, kernelSettings)
    }
  }
}
