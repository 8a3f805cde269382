import CKernels
import DifferentiableCore
import Foundation

/// Adam and AdamW as one loop over the flat parameters.
///
/// Kingma and Ba 2015 (arXiv 1412.6980), algorithm 1, with decoupled weight decay (Loshchilov and
/// Hutter, arXiv 1711.05101) if the decay is not 0. Rounding follows PyTorch's on a CPU, except for
/// PyTorch's square root, which is not correctly rounded.
public struct Adam: Sendable, Equatable {
  /// Settings; the defaults are the paper's.
  public struct Settings: Sendable, Equatable, Codable {
    /// Decay of the first moment.
    public var beta1: Double
    /// Decay of the second moment.
    public var beta2: Double
    /// Added to the denominator.
    public var epsilon: Double
    /// Decoupled weight decay, as a fraction of the learning rate.
    public var weightDecay: Double

    /// The paper's settings.
    public init(
      beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
    }
  }

  /// The settings in use.
  public let settings: Settings
  /// Running means of the gradient, one per parameter.
  public private(set) var firstMoment: [Float]
  /// Running means of its square.
  public private(set) var secondMoment: [Float]
  /// Number of updates made.
  public private(set) var step: Int

  /// Fresh state for a number of parameters.
  public init(parameterCount: Int, settings: Settings = Settings()) {
    self.init(
      settings: settings, firstMoment: .zeros(parameterCount),
      secondMoment: .zeros(parameterCount), step: 0)
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
  ///   - gradient: the gradient, of the same length.
  ///   - learningRate: the learning rate of this update.
  public mutating func update(
    _ values: inout [Float], gradient: [Float], learningRate: some BinaryFloatingPoint
  ) {
    precondition(
      values.count == firstMoment.count && gradient.count == values.count,
      "\(values.count) parameters, \(gradient.count) derivatives, \(firstMoment.count) moments")
    let kernelSettings = advance(learningRate: Double(learningRate), gradientScale: 1)
    FlatPieces.update(&values, &firstMoment, &secondMoment, with: gradient) { p, m, v, g, count in
      ck_adam(p, g, m, v, count, kernelSettings)
    }
  }

  /// Moves the parameters against a gradient whose parts lie apart.
  ///
  /// - Parameters:
  ///   - parameters: the parameters, as many as the gradient has values.
  ///   - gradient: the gradient in parts.
  ///   - scale: a factor on the gradient, as ``clippingFactor(length:limit:)`` gives.
  ///   - learningRate: the learning rate of this update.
  public mutating func update(
    _ parameters: inout Parameters, gradient: ParameterGradient, scale: Float = 1,
    learningRate: some BinaryFloatingPoint
  ) {
    precondition(
      parameters.layout == gradient.layout && gradient.layout.count == firstMoment.count,
      "parameters, derivatives and moments of different layouts")
    let kernelSettings = advance(
      learningRate: Double(learningRate), gradientScale: Double(scale))
    FlatPieces.update(
      &parameters.values, &firstMoment, &secondMoment, with: gradient
    ) { p, m, v, g, count in
      ck_adam(p, g, m, v, count, kernelSettings)
    }
  }

  /// Counts a step, and returns the kernel's settings for it.
  private mutating func advance(learningRate: Double, gradientScale: Double) -> ck_adam_settings {
    step += 1
    return ck_adam_settings(
      learning_rate: learningRate, gradient_scale: gradientScale, beta1: settings.beta1,
      beta2: settings.beta2, epsilon: settings.epsilon, weight_decay: settings.weightDecay,
      bias_correction1: 1 - pow(settings.beta1, Double(step)),
      root_bias_correction2: (1 - pow(settings.beta2, Double(step))).squareRoot())
  }
}

extension [Float] {
  /// Zeros.
  ///
  /// Large arrays lie on huge pages.
  fileprivate static func zeros(_ count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, initialized in
      if let base = values.baseAddress {
        ck_prefer_huge_pages(base, count * MemoryLayout<Float>.stride)
      }
      values.initialize(repeating: 0)
      initialized = count
    }
  }
}
