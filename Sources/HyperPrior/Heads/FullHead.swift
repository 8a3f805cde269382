import DifferentiableCore
import Fields
import RandomNumbers

/// Every weight generated, as published: one ReLU network (latent -> h -> h -> size) for each
/// weight matrix and each bias of the SIREN, in the order of its layers.
///
/// Sitzmann et al. 2020 (arXiv 2006.09661), section 4.4. Initialization: the last layer's weights
/// are normal with deviation sqrt(2/h) / 100, its biases what the SIREN itself would start from,
/// so that training begins at an ordinary SIREN.
struct FullHead: HyperNetworkHead {
  let latentCount: Int
  let hyperWidth: Int
  let field: SirenArchitecture

  func appendParameters(to parameters: inout Parameters, random: inout Xoshiro256) {
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

  func fields(from latent: Tensor, _ parameters: ParameterViews) -> GeneratedFields {
    let generate = { (head: Int) in
      latent.linear("hyper.heads.\(head).0", parameters).rectified()
        .linear("hyper.heads.\(head).2", parameters).rectified()
        .linear("hyper.heads.\(head).4", parameters)
    }
    let batch = latent.shape[0]
    var generated: [Tensor] = []
    var sines: [SirenLayer] = []
    var last = (weight: Tensor(0), bias: Tensor(0))
    for (index, layer) in field.layers.enumerated() {
      let weight = generate(2 * index)
      let bias = generate(2 * index + 1)
      generated += [weight, bias]
      let matrix = weight.reshaped([batch, layer.outputs, layer.inputs])
      if let omega = layer.omega {
        sines.append(SirenLayer(weight: matrix, bias: bias, omega: omega))
      } else {
        last = (matrix, bias)
      }
    }
    return GeneratedFields(
      sines: sines, outputWeight: last.weight, outputBias: last.bias, penalized: generated)
  }
}
