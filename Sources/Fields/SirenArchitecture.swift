/// The shape of a SIREN, a network with sine activations that maps coordinates to values.
///
/// Sitzmann et al. 2020, "Implicit Neural Representations with Periodic Activation Functions" (arXiv 2006.09661),
/// equation 2: each layer computes `x -> sin(omega (W x + b))`, and the last layer is linear.
public struct SirenArchitecture: Sendable, Equatable, Codable {
  /// Number of coordinates, 1 to 4 (row, column, ...).
  public var coordinates: Int
  /// Width of every hidden layer.
  public var hiddenWidth: Int
  /// Number of sine layers after the first one.
  public var hiddenLayers: Int
  /// Number of values at each coordinate.
  public var outputs: Int
  /// The frequency scale of the first layer; 30 in the paper, 3,000 for its audio.
  public var omegaFirst: Float
  /// The frequency scale of the other sine layers; 30 in the paper.
  public var omegaHidden: Float

  /// The paper's image network: two coordinates, three hidden layers of 256, omega 30.
  public init(
    coordinates: Int = 2, hiddenWidth: Int = 256, hiddenLayers: Int = 3, outputs: Int = 1,
    omegaFirst: Float = 30, omegaHidden: Float = 30
  ) {
    self.coordinates = coordinates
    self.hiddenWidth = hiddenWidth
    self.hiddenLayers = hiddenLayers
    self.outputs = outputs
    self.omegaFirst = omegaFirst
    self.omegaHidden = omegaHidden
  }

  /// One dense layer: the location of its parameters and the activation that follows it.
  public struct Layer: Sendable, Equatable {
    /// Number of inputs.
    public let inputs: Int
    /// Number of outputs.
    public let outputs: Int
    /// The factor inside the sine; nil for the last, linear layer.
    public let omega: Float?
    /// Name of the weights `[outputs, inputs]`, as in the well-known notebook.
    public let weightName: String
    /// Name of the biases `[outputs]`.
    public let biasName: String
  }

  /// All layers, first to last.
  public var layers: [Layer] {
    (0...(hiddenLayers + 1)).map { index in
      let isLast = index == hiddenLayers + 1
      let prefix = isLast ? "net.\(index)" : "net.\(index).linear"
      return Layer(
        inputs: index == 0 ? coordinates : hiddenWidth,
        outputs: isLast ? outputs : hiddenWidth,
        omega: isLast ? nil : (index == 0 ? omegaFirst : omegaHidden),
        weightName: "\(prefix).weight", biasName: "\(prefix).bias")
    }
  }

  /// Number of parameters.
  public var parameterCount: Int { layers.reduce(0) { $0 + ($1.inputs + 1) * $1.outputs } }
}
