import Fields
import Foundation

/// Which freshly initialized network is looked at, and where.
public struct ActivationSettings: Sendable, Equatable {
  /// Units of each hidden layer, 1...8192.
  public var width: Int
  /// Sine layers after the first.
  public var hiddenLayers: Int
  /// Equally spaced inputs over -1...1, at least 2.
  public var points: Int
  /// The frequency scale of the first layer.
  public var omegaFirst: Float
  /// The frequency scale of the others.
  public var omegaHidden: Float
  /// Added to every input.
  public var shift: Float
  /// The highest frequency of the spectra, in cycles over the whole input.
  public var highestFrequency: Int
  /// Of the initialization.
  public var seed: UInt64

  /// Settings; the defaults are those of the well-known notebook: 10 hidden layers of 2,048 units
  /// after the first, 16,384 inputs, omega 30 (explore_siren, "Initialization scheme & distribution
  /// of activations").
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

  /// The network's shape: one input and one output.
  public var architecture: SirenArchitecture {
    SirenArchitecture(
      coordinates: 1, hiddenWidth: width, hiddenLayers: hiddenLayers, outputs: 1,
      omegaFirst: omegaFirst, omegaHidden: omegaHidden)
  }

  /// What theory expects of a layer's pre-activations.
  ///
  /// The first layer's are `omega (w x + b)` of uniform w and b, and have no simple distribution.
  /// After it, a unit sums n independent terms, so it is normal with the variance
  /// `2 E[sin^2] + omega^2 / (3n)`: each weight has the variance `2 / (n omega^2)`, each bias
  /// `1 / (3n)`. `E[sin^2]` is 1/2 after the first layer and `(1 - exp(-2v)) / 2` after a normal layer
  /// of variance v (arXiv 2006.09661, supplement 1.3, where 1/2 stands for it and the biases are
  /// left out, which gives the standard normal distribution).
  ///
  /// - Parameter layer: 0 is the first.
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
