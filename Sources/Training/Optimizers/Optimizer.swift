import DifferentiableCore

/// The choice of an optimizer with its settings, to be stored with a run's settings.
public enum OptimizerSettings: Sendable, Equatable, Codable {
  /// Adam, or AdamW if its weight decay is not 0.
  case adam(Adam.Settings = Adam.Settings())
  /// Stochastic gradient descent.
  case gradientDescent(GradientDescent.Settings = GradientDescent.Settings())
  /// Muon on the matrices of these names, Adam on the rest.
  case muon(Muon.Settings = Muon.Settings(), matrices: [String])
}

/// An optimizer with its state: a value, which one update maps to the next.
///
/// ```swift
/// var optimizer = Optimizer(.adam(), layout: parameters.layout)
/// optimizer.update(&parameters.values, gradient: gradient, learningRate: 1e-3)
/// ```
public enum Optimizer: Sendable, Equatable {
  /// Adam and AdamW.
  case adam(Adam)
  /// Stochastic gradient descent.
  case gradientDescent(GradientDescent)
  /// Muon, with Adam for the arrays to which it does not apply.
  case muon(Muon)

  /// Fresh state for parameters of a layout.
  public init(_ settings: OptimizerSettings, layout: ParameterLayout) {
    switch settings {
    case .adam(let settings): self = .adam(Adam(parameterCount: layout.count, settings: settings))
    case .gradientDescent(let settings):
      self = .gradientDescent(GradientDescent(parameterCount: layout.count, settings: settings))
    case .muon(let settings, let matrices):
      self = .muon(Muon(layout: layout, matrices: matrices, settings: settings))
    }
  }

  /// The largest number of updates of a resumed state.
  ///
  /// It exceeds that of any run, and multiplied by a batch size it is still an `Int`.
  public static let largestStep = 1 << 40

  /// State continued from ``state``; nil unless all arrays are there with the right length, and the number
  /// of updates is 0 to ``largestStep``.
  public init?(
    _ settings: OptimizerSettings, layout: ParameterLayout, step: Int, state: [String: [Float]]
  ) {
    let fresh = Optimizer(settings, layout: layout)
    guard (0...Self.largestStep).contains(step),
      fresh.state.allSatisfy({ state[$0.key]?.count == $0.value.count })
    else {
      return nil
    }
    let array = { (name: String) in state[name] ?? [] }
    switch settings {
    case .adam(let settings):
      self = .adam(Self.adam(settings, array, step))
    case .gradientDescent(let settings):
      self = .gradientDescent(
        GradientDescent(settings: settings, velocity: array("velocity"), step: step))
    case .muon(let settings, let matrices):
      self = .muon(
        Muon(
          layout: layout, matrices: matrices, settings: settings, momentum: array("momentum"),
          adam: Self.adam(settings.adam, array, step)))
    }
  }

  private static func adam(
    _ settings: Adam.Settings, _ array: (String) -> [Float], _ step: Int
  ) -> Adam {
    Adam(
      settings: settings, firstMoment: array("first_moment"),
      secondMoment: array("second_moment"), step: step)
  }

  /// Number of updates made.
  public var step: Int {
    switch self {
    case .adam(let adam): adam.step
    case .gradientDescent(let descent): descent.step
    case .muon(let muon): muon.step
    }
  }

  /// The state to store in a checkpoint: named arrays, each as long as the parameters.
  public var state: [String: [Float]] {
    switch self {
    case .adam(let adam):
      ["first_moment": adam.firstMoment, "second_moment": adam.secondMoment]
    case .gradientDescent(let descent): ["velocity": descent.velocity]
    case .muon(let muon):
      [
        "first_moment": muon.adam.firstMoment, "second_moment": muon.adam.secondMoment,
        "momentum": muon.momentum,
      ]
    }
  }

  /// Moves the parameters against the gradient.
  ///
  /// The result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - values: flat parameters.
  ///   - gradient: the gradient, of the same length.
  ///   - learningRate: the learning rate of this update, above 0.
  public mutating func update(
    _ values: inout [Float], gradient: [Float], learningRate: some BinaryFloatingPoint
  ) {
    // The state is moved out and back, because with two holders each update would copy it.
    let empty = Optimizer.gradientDescent(GradientDescent(parameterCount: 0))
    switch self {
    case .adam(var adam):
      self = empty
      adam.update(&values, gradient: gradient, learningRate: learningRate)
      self = .adam(adam)
    case .gradientDescent(var descent):
      self = empty
      descent.update(&values, gradient: gradient, learningRate: learningRate)
      self = .gradientDescent(descent)
    case .muon(var muon):
      self = empty
      muon.update(&values, gradient: gradient, learningRate: learningRate)
      self = .muon(muon)
    }
  }
}
