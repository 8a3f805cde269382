import Signals

/// The effect of a large shift of all inputs on the distributions inside a network.
///
/// After the first layer there is none (the notebook, "Distribution of activations is shift-invariant").
public struct ShiftStudy: Sendable, Equatable {
  /// The study over -1...1.
  public let original: ActivationStudy
  /// The study of the same network with shifted inputs.
  public let shifted: ActivationStudy

  /// The distance between two distributions, 0...1.
  ///
  /// It is the largest difference between their cumulative distributions (Kolmogorov and Smirnov).
  public struct Distance: Sendable, Equatable {
    /// The distance of the pre-activations; large in the first layer, where they shift with the input.
    public var preactivation: Double
    /// The distance of the activations.
    public var activation: Double
    /// The distance of the derivatives with respect to the pre-activations.
    public var preactivationGradient: Double
    /// The distance of the derivatives with respect to the activations.
    public var activationGradient: Double
  }

  /// Runs one network on the original and the shifted inputs.
  ///
  /// - Parameters:
  ///   - settings: the settings of the unshifted study; their own shift is ignored.
  ///   - shift: the offset added to every input; 1,000 in the notebook.
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
