import CKernels
import Foundation

/// Adam and AdamW as one loop over the flat parameters.
///
/// Kingma and Ba 2015 (arXiv 1412.6980), algorithm 1, with decoupled weight decay (Loshchilov and
/// Hutter, arXiv 1711.05101) where the decay is not 0. Rounding follows PyTorch's.
public struct Adam: Sendable, Equatable {
  /// Settings; the defaults are the paper's.
  public struct Settings: Sendable, Equatable, Codable {
    /// Decay of the first moment.
    public var beta1: Float
    /// Decay of the second moment.
    public var beta2: Float
    /// Added to the denominator.
    public var epsilon: Float
    /// Decoupled weight decay, as a fraction of the learning rate.
    public var weightDecay: Float

    /// The paper's settings.
    public init(
      beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
    }
  }

  /// The settings in use.
  public let settings: Settings
  /// Running means of the gradient, one a parameter.
  public private(set) var firstMoment: [Float]
  /// Running means of its square.
  public private(set) var secondMoment: [Float]
  /// Number of updates made.
  public private(set) var step: Int

  /// Fresh state for a number of parameters.
  public init(parameterCount: Int, settings: Settings = Settings()) {
    self.init(
      settings: settings, firstMoment: [Float](repeating: 0, count: parameterCount),
      secondMoment: [Float](repeating: 0, count: parameterCount), step: 0)
  }

  /// State continued from a checkpoint.
  public init(settings: Settings, firstMoment: [Float], secondMoment: [Float], step: Int) {
    precondition(
      firstMoment.count == secondMoment.count,
      "moments of \(firstMoment.count) and \(secondMoment.count) values")
    self.settings = settings
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
    self.step = step
  }

  /// Moves the parameters against the gradient.
  ///
  /// - Parameters:
  ///   - values: flat parameters.
  ///   - gradient: of the same length.
  ///   - learningRate: of this update.
  public mutating func update(_ values: inout [Float], gradient: [Float], learningRate: Float) {
    precondition(
      values.count == firstMoment.count && gradient.count == values.count,
      "\(values.count) parameters, \(gradient.count) derivatives, \(firstMoment.count) moments")
    step += 1
    let kernelSettings = ck_adam_settings(
      learning_rate: learningRate, beta1: settings.beta1, beta2: settings.beta2,
      epsilon: settings.epsilon, weight_decay: settings.weightDecay,
      bias_correction1: Float(1 - pow(Double(settings.beta1), Double(step))),
      root_bias_correction2: Float((1 - pow(Double(settings.beta2), Double(step))).squareRoot()))
    ck_adam(&values, gradient, &firstMoment, &secondMoment, values.count, kernelSettings)
  }
}

/// Scales a gradient so that its length is at most `limit`.
///
/// - Returns: its length before.
@discardableResult
public func clipGradient(_ gradient: inout [Float], toLength limit: Float) -> Double {
  let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  if length > Double(limit) && length.isFinite {
    let scale = Float(Double(limit) / length)
    for position in gradient.indices { gradient[position] *= scale }
  }
  return length
}
