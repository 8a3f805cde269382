import DifferentiableCore
import Fields
import Numerics

/// A learned base SIREN whose sine layers get a generated scale and shift for each unit:
/// `sin(omega ((1 + s) (x W^T) + b + t))`.
///
/// The last layer gets a generated change of all its weights. Shifts alone are the modulations of
/// functa (arXiv 2201.12204); a scale a unit turns it into the weights `(1 + s) W`, so the result
/// is an ordinary SIREN.
package struct ModulatedHead: HyperNetworkHead {
  let latentCount: Int
  let field: SirenArchitecture

  /// Initial size of the generated changes against the base network's own; chosen, not tuned.
  private static let gain: Float = 0.1

  /// Width of the layer that all generated numbers are read from.
  package static let trunk = 256

  private var sineLayers: [SirenArchitecture.Layer] { field.layers.filter { $0.omega != nil } }

  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    parameters.appendBase(field, &random)
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

  var sharedNames: [String] { field.baseNames }

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
    return .changing(field, by: generated[sines.count], sines: sines, parameters)
  }
}
