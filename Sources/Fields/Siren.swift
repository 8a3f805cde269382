import DifferentiableCore
import Numerics

/// A SIREN with its parameters: a value that maps coordinates to values.
public struct Siren: Sendable, Equatable {
  /// The shape of the network.
  public let architecture: SirenArchitecture
  /// Weights and biases in one flat buffer.
  ///
  /// The names are those of the well-known notebook (`net.0.linear.weight`, last layer `net.4.weight`).
  public var parameters: Parameters

  /// Creates a freshly initialized network.
  ///
  /// The weights of the first layer come from U(-1/n, 1/n), those of the other layers, including the last, from
  /// U(-sqrt(6/n)/omega, sqrt(6/n)/omega), where n is the number of inputs of the layer (arXiv 2006.09661, section
  /// 3.2 and supplement 1.5, as in the authors' notebook). The biases come from U(-1/sqrt(n), 1/sqrt(n)), PyTorch's
  /// default, which the notebook keeps.
  public init(_ architecture: SirenArchitecture, random: inout Xoshiro256) {
    self.architecture = architecture
    var parameters = Parameters()
    Self.appendParameters(of: architecture, to: &parameters, random: &random)
    self.parameters = parameters
  }

  /// Appends the arrays of a fresh network, with a prefix before their names; see ``init(_:random:)``.
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

  /// Creates a network with given parameters; nil if their names or shapes do not fit the architecture.
  public init?(_ architecture: SirenArchitecture, parameters: Parameters) {
    guard parameters.layout == Self.layout(of: architecture) else { return nil }
    self.architecture = architecture
    self.parameters = parameters
  }

  /// Creates a network with parameters that have the layout of its architecture.
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

  /// Evaluates the network at coordinates.
  ///
  /// - Parameter coordinates: `[n, d]`, each usually in -1...1.
  /// - Returns: `[n, outputs]`.
  public func values(at coordinates: Tensor) -> Tensor {
    Self.values(at: coordinates, architecture, parameters.views())
  }

  /// Evaluates at coordinates with given views of the parameters, tracked for training.
  public static func values(
    at coordinates: Tensor, _ architecture: SirenArchitecture, _ parameters: ParameterViews
  ) -> Tensor {
    evaluate(at: coordinates, layers(architecture, parameters))
  }

  /// Evaluates with plain operations, as a reference for the fused kernels.
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

  /// Evaluates layers given as tensors with the fused kernels.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, or `[b, n, d]` with one set of coordinates for each of b networks.
  ///   - layers: the layers; for b networks at once their arrays may have a leading axis b.
  /// - Returns: `[n, outputs]` or `[b, n, outputs]`.
  public static func evaluate(at coordinates: Tensor, _ layers: [SirenLayer]) -> Tensor {
    if coordinates.rank == 3 { return .sineNetwork(at: coordinates, layers) }
    let values = Tensor.sineNetwork(at: coordinates.reshaped([1] + coordinates.shape), layers)
    return values.reshaped(Array(values.shape.dropFirst()))
  }
}

/// One layer as tensors: `sin(omega (x W^T + b))`, or `x W^T + b` without omega.
public typealias SirenLayer = SineNetworkLayer
