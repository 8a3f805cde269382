import DifferentiableCore
import Fields
import Numerics

/// A learned base SIREN with generated low-rank changes of its weight matrices, `W + U V^T`, and generated
/// shifts of its biases.
///
/// The changes are those of low-rank adaptation (Hu et al., arXiv 2106.09685), generated instead of learned.
/// V is added to a learned matrix, so that the derivative of the product does not vanish initially. All
/// weights of the output layer get a generated change.
package struct LowRankHead: HyperNetworkHead {
  let latentCount: Int
  let field: SirenArchitecture

  /// Rank of the changes; chosen, not tuned.
  package static let rank = 4
  /// The initial size of the generated changes relative to the base network's weights; chosen, not tuned.
  private static let gain: Float = 0.1

  private var base: BaseSiren { BaseSiren(field: field) }
  private var sineLayers: [SirenArchitecture.Layer] { field.layers.filter { $0.omega != nil } }

  private func rank(_ layer: SirenArchitecture.Layer) -> Int { min(Self.rank, layer.inputs) }

  /// The number of generated values of a layer: U, V and the shift.
  private func generated(_ layer: SirenArchitecture.Layer) -> Int {
    rank(layer) * (layer.outputs + layer.inputs) + layer.outputs
  }

  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    base.appendParameters(to: &parameters, random: &random)
    parameters.appendLinear(
      "hyper.trunk", inputs: latentCount, outputs: ModulatedHead.trunk, &random)
    for (index, layer) in sineLayers.enumerated() {
      // The initialization bound of a layer whose number of inputs is the rank.
      let bound = (6 / Float(layer.inputs)).squareRoot() / field.omegaHidden
      parameters.append(
        "base.factors.\(index)", [layer.inputs, rank(layer)], uniform: bound, &random)
      parameters.appendLinear(
        "hyper.changes.\(index)", inputs: ModulatedHead.trunk, outputs: generated(layer),
        gain: Self.gain, &random)
    }
    parameters.appendLinear(
      "hyper.output", inputs: ModulatedHead.trunk,
      outputs: field.outputs * (field.hiddenWidth + 1), gain: Self.gain, &random)
  }

  var parameterCount: Int {
    let trunk = ModulatedHead.trunk
    return sineLayers.reduce(
      field.parameterCount + Parameters.linearCount(latentCount, trunk)
        + Parameters.linearCount(trunk, field.outputs * (field.hiddenWidth + 1))
    ) { $0 + $1.inputs * rank($1) + Parameters.linearCount(trunk, generated($1)) }
  }

  var sharedNames: [String] {
    base.names + sineLayers.indices.map { "base.factors.\($0)" }
  }

  /// U, V and the shift of each sine layer side by side, and the change of the last layer.
  func generated(from latent: Tensor, _ parameters: ParameterViews) -> [Tensor] {
    let trunk = latent.linear("hyper.trunk", parameters).gaussianErrorLinear()
    return sineLayers.indices.map { trunk.linear("hyper.changes.\($0)", parameters) }
      + [trunk.linear("hyper.output", parameters)]
  }

  func fields(of generated: [Tensor], _ parameters: ParameterViews) -> GeneratedFields {
    let sines = zip(sineLayers, generated).enumerated().map { index, pair -> SirenLayer in
      let (layer, changes) = pair
      let rank = rank(layer)
      let (first, second) = (rank * layer.outputs, rank * (layer.outputs + layer.inputs))
      let left = changes.sliced(axis: 1, 0..<first).reshaped([-1, layer.outputs, rank])
      let right =
        changes.sliced(axis: 1, first..<second).reshaped([-1, layer.inputs, rank])
        * parameters["base.factors.\(index)"] + parameters["base.factors.\(index)"]
      return SirenLayer(
        weight: left.matrixProduct(right, transposingRight: true)
          + parameters["base.\(layer.weightName)"],
        bias: changes.sliced(axis: 1, second..<second + layer.outputs)
          + parameters["base.\(layer.biasName)"], omega: layer.omega)
    }
    return base.fields(changedBy: generated[sines.count], sines: sines, parameters)
  }
}
