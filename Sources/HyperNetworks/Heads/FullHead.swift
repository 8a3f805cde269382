import DifferentiableCore
import Fields
import Numerics

/// Generates every weight, as published: one ReLU network (latent -> h -> h -> size) per weight matrix and
/// per bias of the SIREN, in the order of its layers.
///
/// Sitzmann et al. 2020 (arXiv 2006.09661), section 4.4. The weights of the output layer are initialized
/// from a normal distribution with standard deviation sqrt(2/h) / 100, and its biases from the
/// initialization of a SIREN, so that training starts from an ordinary SIREN.
struct FullHead: HyperNetworkHead {
  let latentCount: Int
  let hyperWidth: Int
  let field: SirenArchitecture

  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    for (index, layer) in field.layers.enumerated() {
      let weights = (layer.inputs * layer.outputs, 1 / Float(layer.inputs))
      let biases = (layer.outputs, 1 / Float(hyperWidth))
      for (part, (count, bound)) in [weights, biases].enumerated() {
        let name = "hyper.heads.\(2 * index + part)"
        parameters.appendLinear("\(name).0", inputs: latentCount, outputs: hyperWidth, &random)
        parameters.appendLinear("\(name).2", inputs: hyperWidth, outputs: hyperWidth, &random)
        parameters.append(
          "\(name).4.weight", [count, hyperWidth],
          normal: (2 / Float(hyperWidth)).squareRoot() / 100, &random)
        parameters.append("\(name).4.bias", [count], uniform: bound, &random)
      }
    }
  }

  var parameterCount: Int {
    field.layers.reduce(0) { total, layer in
      [layer.inputs * layer.outputs, layer.outputs].reduce(total) {
        $0 + Parameters.linearCount(latentCount, hyperWidth)
          + Parameters.linearCount(hyperWidth, hyperWidth) + Parameters.linearCount(hyperWidth, $1)
      }
    }
  }

  var sharedNames: [String] { [] }

  /// The arrays of the SIREN, weights before biases, first layer to last.
  func generated(from latent: Tensor, _ parameters: ParameterViews) -> [Tensor] {
    (0..<2 * field.layers.count).map { head in
      latent.linear("hyper.heads.\(head).0", parameters).rectified()
        .linear("hyper.heads.\(head).2", parameters).rectified()
        .linear("hyper.heads.\(head).4", parameters)
    }
  }

  func fields(of generated: [Tensor], _ parameters: ParameterViews) -> GeneratedFields {
    let layers = field.layers.enumerated().map { index, layer in
      SirenLayer(
        weight: generated[2 * index].reshaped([-1, layer.outputs, layer.inputs]),
        bias: generated[2 * index + 1], omega: layer.omega)
    }
    let last = layers[layers.count - 1]
    return GeneratedFields(
      sines: Array(layers.dropLast()), outputWeight: last.weight, outputBias: last.bias)
  }
}
