import Fields
import Foundation

/// The freshly initialized network to analyze, and its inputs.
public struct ActivationSettings: Sendable, Equatable {
  /// Number of units per hidden layer, 1...8192.
  public var width: Int
  /// Number of sine layers after the first.
  public var hiddenLayers: Int
  /// Number of equally spaced inputs over -1...1, at least 2.
  public var points: Int
  /// The frequency scale of the first layer.
  public var omegaFirst: Float
  /// The frequency scale of the other sine layers.
  public var omegaHidden: Float
  /// The offset added to every input.
  public var shift: Float
  /// The highest frequency of the spectra, in cycles over the whole input.
  public var highestFrequency: Int
  /// The seed of the initialization.
  public var seed: UInt64

  /// Creates settings.
  ///
  /// The defaults are those of the well-known notebook: 10 hidden layers of 2,048 units after the first, 16,384
  /// inputs, omega 30 (explore_siren, "Initialization scheme & distribution of activations").
  public init(
    width: Int = 2_048, hiddenLayers: Int = 10, points: Int = 16_384, omegaFirst: Float = 30,
    omegaHidden: Float = 30, shift: Float = 0, highestFrequency: Int = 100, seed: UInt64 = 1
  ) {
    self.width = width
    self.hiddenLayers = hiddenLayers
    self.points = points
    self.omegaFirst = omegaFirst
    self.omegaHidden = omegaHidden
    self.shift = shift
    self.highestFrequency = highestFrequency
    self.seed = seed
  }

  /// The shape of the network, with one input and one output.
  public var architecture: SirenArchitecture {
    SirenArchitecture(
      coordinates: 1, hiddenWidth: width, hiddenLayers: hiddenLayers, outputs: 1,
      omegaFirst: omegaFirst, omegaHidden: omegaHidden)
  }

  /// The standard deviation of a layer's pre-activations that theory predicts.
  ///
  /// The pre-activations of the first layer are `omega (w x + b)` for uniform w and b, and have no simple
  /// distribution. In later layers a unit sums n independent terms, so it is normal with the variance `2 E[sin^2] +
  /// omega^2 / (3n)`. Each weight has the variance `2 / (n omega^2)`, each bias `1 / (3n)`. `E[sin^2]` is 1/2 after
  /// the first layer and `(1 - exp(-2v)) / 2` after a normal layer of variance v. The paper uses 1/2 throughout and
  /// omits the biases, which gives the standard normal distribution (arXiv 2006.09661, supplement 1.3).
  ///
  /// - Parameter layer: the index of the layer; 0 is the first.
  /// - Returns: the standard deviation; nil for the first layer.
  public func expectedDeviation(ofLayer layer: Int) -> Double? {
    guard layer >= 1 else { return nil }
    let omega = Double(omegaHidden)
    let biases = omega * omega / (3 * Double(width))
    var variance = 1 + biases
    for _ in 1..<layer { variance = 1 - exp(-2 * variance) + biases }
    return variance.squareRoot()
  }
}
