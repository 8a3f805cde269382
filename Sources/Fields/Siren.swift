import DifferentiableCore
import RandomNumbers

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
    for (index, layer) in architecture.layers.enumerated() {
      let inputs = Float(layer.inputs)
      let bound =
        index == 0 ? 1 / inputs : (6 / inputs).squareRoot() / architecture.omegaHidden
      parameters.append(
        layer.weightName, [layer.outputs, layer.inputs], uniform: bound, &random)
      parameters.append(layer.biasName, [layer.outputs], uniform: 1 / inputs.squareRoot(), &random)
    }
    self.parameters = parameters
  }

  /// A network with given parameters; nil if their names or shapes do not fit the architecture.
  public init?(_ architecture: SirenArchitecture, parameters: Parameters) {
    guard parameters.layout == Self.layout(of: architecture) else { return nil }
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
    evaluate(
      at: coordinates,
      architecture.layers.map { layer in
        SirenLayer(
          weight: parameters[layer.weightName], bias: parameters[layer.biasName],
          omega: layer.omega)
      })
  }

  /// Values at coordinates for layers given as tensors: the plain composition.
  ///
  /// - Parameters:
  ///   - coordinates: `[n, d]`, or `[b, n, d]` with one set of coordinates for each of b networks.
  ///   - layers: for b networks at once their arrays have a leading axis b.
  /// - Returns: `[n, outputs]` or `[b, n, outputs]`.
  public static func evaluate(at coordinates: Tensor, _ layers: [SirenLayer]) -> Tensor {
    layers.reduce(coordinates) { $1.apply(to: $0) }
  }
}

/// One layer as tensors: `sin(omega (x W^T + b))`, or `x W^T + b` without omega.
public struct SirenLayer: Sendable {
  /// `[outputs, inputs]`, or `[b, outputs, inputs]` for b networks.
  public var weight: Tensor
  /// `[outputs]` or `[b, outputs]`.
  public var bias: Tensor
  /// The factor inside the sine; nil for a linear layer.
  public var omega: Float?

  /// A layer from its arrays.
  public init(weight: Tensor, bias: Tensor, omega: Float?) {
    self.weight = weight
    self.bias = bias
    self.omega = omega
  }

  /// The layer's result.
  ///
  /// - Parameter input: `[..., n, inputs]`.
  /// - Returns: `[..., n, outputs]`.
  public func apply(to input: Tensor) -> Tensor {
    if let omega, weight.rank == 2, bias.rank == 1, weight.shape[1] <= Self.mostCoordinates {
      return sineOfCoordinates(input, omega: omega)
    }
    let product = input.matrixProduct(weight, transposingRight: true)
    guard let omega else {
      return product
        + (bias.rank == 2 ? bias.reshaped([bias.shape[0], 1, bias.shape[1]]) : bias)
    }
    return product.modulatedSine(
      scale: Tensor(repeating: omega, shape: bias.shape), shift: bias * omega)
  }

  /// Inputs up to which a layer counts as the first one, of coordinates.
  private static let mostCoordinates = 4

  /// The sine layer on coordinates, rounded as PyTorch does.
  ///
  /// Multiply-adds start at the bias, then comes one product with omega. Where omega is 3,000,
  /// float32 rounds phases by 1e-4, so another order is another function to that precision. A column
  /// of ones makes the matrix product start at the bias.
  private func sineOfCoordinates(_ input: Tensor, omega: Float) -> Tensor {
    let ones = Tensor.ones(Array(input.shape.dropLast()) + [1])
    let extended = Tensor.concatenated([ones, input], axis: input.rank - 1)
    let rows = Tensor.concatenated([bias.reshaped([bias.shape[0], 1]), weight], axis: 1)
    return extended.matrixProduct(rows, transposingRight: true).modulatedSine(
      scale: Tensor(repeating: omega, shape: bias.shape), shift: .zeros(bias.shape))
  }
}
