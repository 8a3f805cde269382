import DifferentiableCore
import Numerics

/// A SIREN with its parameters: a value that maps coordinates to values.
public struct Siren: Sendable, Equatable {
  /// Its shape.
  public let architecture: SirenArchitecture
  /// Weights and biases in one flat buffer, named as in the well-known notebook
  /// (`net.0.linear.weight`, last layer `net.4.weight`).
  public var parameters: Parameters

  /// A freshly initialized network.
  ///
  /// Weights of the first layer come from U(-1/n, 1/n), of the others, the last included, from
  /// U(-sqrt(6/n)/omega, sqrt(6/n)/omega), n being the layer's inputs (arXiv 2006.09661,
  /// section 3.2 and supplement 1.5, as the authors' notebook does it); biases from
  /// U(-1/sqrt(n), 1/sqrt(n)), PyTorch's default, which the notebook keeps.
  public init(_ architecture: SirenArchitecture, random: inout Xoshiro256) {
    self.architecture = architecture
    var parameters = Parameters()
    Self.appendParameters(of: architecture, to: &parameters, random: &random)
    self.parameters = parameters
  }

  /// Appends the arrays of a fresh network, their names after a prefix; see ``init(_:random:)``.
  package static func appendParameters(
    of architecture: SirenArchitecture, prefix: String = "",
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    for (index, layer) in architecture.layers.enumerated() {
      let inputs = Float(layer.inputs)
      let bound =
        index == 0 ? 1 / inputs : (6 / inputs).squareRoot() / architecture.omegaHidden
      parameters.append(
        prefix + layer.weightName, [layer.outputs, layer.inputs], uniform: bound, &random)
      parameters.append(
        prefix + layer.biasName, [layer.outputs], uniform: 1 / inputs.squareRoot(), &random)
    }
  }

  /// A network with given parameters; nil if their names or shapes do not fit the architecture.
  public init?(_ architecture: SirenArchitecture, parameters: Parameters) {
    guard parameters.layout == Self.layout(of: architecture) else { return nil }
    self.architecture = architecture
    self.parameters = parameters
  }

  /// A network with parameters of its architecture's layout.
  init(unchecked architecture: SirenArchitecture, _ parameters: Parameters) {
    self.architecture = architecture
    self.parameters = parameters
  }

  /// Names and shapes of the parameters of an architecture, in order.
  public static func layout(of architecture: SirenArchitecture) -> ParameterLayout {
    var layout = ParameterLayout()
    for layer in architecture.layers {
      layout.append(layer.weightName, [layer.outputs, layer.inputs])
      layout.append(layer.biasName, [layer.outputs])
    }
    return layout
  }

  /// Values at coordinates.
  ///
  /// - Parameter coordinates: `[n, d]`, each usually in -1...1.
  /// - Returns: `[n, outputs]`.
  public func values(at coordinates: Tensor) -> Tensor {
    Self.values(at: coordinates, architecture, parameters.views())
  }

  /// Values at coordinates with given views of the parameters, tracked for training.
  public static func values(
    at coordinates: Tensor, _ architecture: SirenArchitecture, _ parameters: ParameterViews
  ) -> Tensor {
    evaluate(at: coordinates, layers(architecture, parameters))
  }

  /// The same by plain operations, the oracle of the fused kernels.
  package static func composition(
    at coordinates: Tensor, _ architecture: SirenArchitecture, _ parameters: ParameterViews
  ) -> Tensor {
    layers(architecture, parameters).reduce(coordinates) { $1.apply(to: $0) }
  }

  private static func layers(
    _ architecture: SirenArchitecture, _ parameters: ParameterViews
  ) -> [SirenLayer] {
    architecture.layers.map { layer in
      SirenLayer(
        weight: parameters[layer.weightName], bias: parameters[layer.biasName], omega: layer.omega)
    }
  }

  /// Values at coordinates for layers given as tensors, by the fused kernels.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, or `[b, n, d]` with one set of coordinates for each of b networks.
  ///   - layers: for b networks at once their arrays may have a leading axis b.
  /// - Returns: `[n, outputs]` or `[b, n, outputs]`.
  public static func evaluate(at coordinates: Tensor, _ layers: [SirenLayer]) -> Tensor {
    if coordinates.rank == 3 { return .sineNetwork(at: coordinates, layers) }
    let values = Tensor.sineNetwork(at: coordinates.reshaped([1] + coordinates.shape), layers)
    return values.reshaped(Array(values.shape.dropFirst()))
  }
}

/// One layer as tensors: `sin(omega (x W^T + b))`, or `x W^T + b` without omega.
public typealias SirenLayer = SineNetworkLayer
