import Signals

/// What moving all inputs far away does to the distributions inside a network: nothing, after the
/// first layer (the notebook, "Distribution of activations is shift-invariant").
public struct ShiftStudy: Sendable, Equatable {
  /// Over -1...1.
  public let original: ActivationStudy
  /// The same network, its inputs moved.
  public let shifted: ActivationStudy

  /// How far two distributions are apart, 0...1: the largest difference between the shares below a
  /// number (Kolmogorov and Smirnov).
  public struct Distance: Sendable, Equatable {
    /// Of the pre-activations; large in the first layer, whose pre-activations move with the input.
    public var preactivation: Double
    /// Of the activations.
    public var activation: Double
    /// Of the derivatives with respect to the pre-activations.
    public var preactivationGradient: Double
    /// Of the derivatives with respect to the activations.
    public var activationGradient: Double
  }

  /// Runs one network at both places.
  ///
  /// - Parameters:
  ///   - settings: of the unmoved study; its own shift is not used.
  ///   - shift: added to every input; 1,000 in the notebook.
  public init(
    _ settings: ActivationSettings, shift: Float = 1_000,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    var settings = settings
    settings.shift = 0
    original = ActivationStudy(settings) { progress($0, 2 * $1) }
    settings.shift = shift
    shifted = ActivationStudy(settings) { progress($1 + $0, 2 * $1) }
  }

  /// The distances of each layer.
  public var distances: [Distance] {
    zip(original.layers, shifted.layers).map { a, b in
      Distance(
        preactivation: a.preactivation.histogram.distance(to: b.preactivation.histogram),
        activation: a.activation.histogram.distance(to: b.activation.histogram),
        preactivationGradient: a.preactivationGradient.histogram.distance(
          to: b.preactivationGradient.histogram),
        activationGradient: a.activationGradient.histogram.distance(
          to: b.activationGradient.histogram))
    }
  }
}
