import Numerics

extension ParameterBuilder {
  /// Adds a dense layer with PyTorch's default initialization.
  ///
  /// Weights and biases are drawn from U(-1/sqrt(inputs), 1/sqrt(inputs)).
  package mutating func appendLinear(
    _ name: String, inputs: Int, outputs: Int, gain: Float = 1, _ random: inout Xoshiro256
  ) {
    let bound = gain / Float(inputs).squareRoot()
    append("\(name).weight", [outputs, inputs], uniform: bound, &random)
    append("\(name).bias", [outputs], uniform: bound, &random)
  }

  /// Adds the scale (ones) and shift (zeros) of a layer normalization.
  package mutating func appendNormalization(_ name: String, width: Int) {
    append("\(name).weight", [width], repeating: 1)
    append("\(name).bias", [width], repeating: 0)
  }
}

extension Parameters {
  /// The number of parameters of a dense layer.
  package static func linearCount(_ inputs: Int, _ outputs: Int) -> Int { (inputs + 1) * outputs }
}

extension Tensor {
  /// `self W^T + b` with the layer of the given name.
  package func linear(_ name: String, _ parameters: ParameterViews) -> Tensor {
    affine(weight: parameters["\(name).weight"], bias: parameters["\(name).bias"])
  }

  /// Layer normalization with the scale and shift of the given name.
  package func normalized(_ name: String, _ parameters: ParameterViews) -> Tensor {
    layerNormalized(scale: parameters["\(name).weight"], shift: parameters["\(name).bias"])
  }
}
