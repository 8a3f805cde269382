import DifferentiableCore
import Fields
import Numerics

/// A learned base SIREN whose sine layers get a generated scale and shift per unit.
///
/// A layer computes `sin(omega ((1 + s) (x W^T) + b + t))`. All weights of the output layer get a generated
/// change. Shifts without scales are the modulations of functa (arXiv 2201.12204). A scale per unit gives
/// the weights `(1 + s) W`, so the result is an ordinary SIREN.
package struct ModulatedHead: HyperNetworkHead {
  let latentCount: Int
  let field: SirenArchitecture

  /// The initial size of the generated changes relative to the base network's weights; chosen, not tuned.
  private static let gain: Float = 0.1

  /// The width of the layer from which all values are generated.
  package static let trunk = 256

  private var base: BaseSiren { BaseSiren(field: field) }
  private var sineLayers: [SirenArchitecture.Layer] { field.layers.filter { $0.omega != nil } }

  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    base.appendParameters(to: &parameters, random: &random)
    parameters.appendLinear("hyper.trunk", inputs: latentCount, outputs: Self.trunk, &random)
    for index in sineLayers.indices {
      parameters.appendLinear(
        "hyper.modulations.\(index)", inputs: Self.trunk, outputs: 2 * field.hiddenWidth,
        gain: Self.gain, &random)
    }
    parameters.appendLinear(
      "hyper.output", inputs: Self.trunk, outputs: field.outputs * (field.hiddenWidth + 1),
      gain: Self.gain, &random)
  }

  var parameterCount: Int {
    field.parameterCount + Parameters.linearCount(latentCount, Self.trunk)
      + sineLayers.count * Parameters.linearCount(Self.trunk, 2 * field.hiddenWidth)
      + Parameters.linearCount(Self.trunk, field.outputs * (field.hiddenWidth + 1))
  }

  var sharedNames: [String] { base.names }

  /// Scales and shifts of each sine layer side by side, and the change of the last layer.
  func generated(from latent: Tensor, _ parameters: ParameterViews) -> [Tensor] {
    let trunk = latent.linear("hyper.trunk", parameters).gaussianErrorLinear()
    return sineLayers.indices.map { trunk.linear("hyper.modulations.\($0)", parameters) }
      + [trunk.linear("hyper.output", parameters)]
  }

  func fields(of generated: [Tensor], _ parameters: ParameterViews) -> GeneratedFields {
    let width = field.hiddenWidth
    let sines = zip(sineLayers, generated).map { layer, changes -> SirenLayer in
      let scale = changes.sliced(axis: 1, 0..<width)
      let shift = changes.sliced(axis: 1, width..<2 * width)
      return SirenLayer(
        weight: parameters["base.\(layer.weightName)"].scalingRows(by: scale),
        bias: shift + parameters["base.\(layer.biasName)"], omega: layer.omega)
    }
    return base.fields(changedBy: generated[sines.count], sines: sines, parameters)
  }
}
