import DifferentiableCore
import Fields
import RandomNumbers

/// What heads share that change a learned base SIREN.
extension Parameters {
  /// Adds a freshly initialized SIREN, its arrays named `base...`.
  mutating func appendBase(_ field: SirenArchitecture, _ random: inout Xoshiro256) {
    let base = Siren(field, random: &random)
    for entry in base.parameters.layout.entries {
      append("base.\(entry.name)", entry.shape, Array(base.parameters.values[entry.range]))
    }
  }
}

extension GeneratedFields {
  /// Networks of given sine layers whose last layer is the base's with all its weights changed by
  /// `hyper.output`.
  ///
  /// - Parameter trunk: `[b, width]`, what the changes are read from.
  static func changing(
    _ field: SirenArchitecture, by trunk: Tensor, sines: [SirenLayer], _ parameters: ParameterViews
  ) -> GeneratedFields {
    let (batch, width) = (trunk.shape[0], field.hiddenWidth)
    let last = field.layers[field.layers.count - 1]
    let output = trunk.linear("hyper.output", parameters)
    let weightCount = field.outputs * width
    return GeneratedFields(
      sines: sines,
      outputWeight: output.sliced(axis: 1, 0..<weightCount).reshaped([batch, field.outputs, width])
        + parameters["base.\(last.weightName)"],
      outputBias: output.sliced(axis: 1, weightCount..<weightCount + field.outputs)
        + parameters["base.\(last.biasName)"],
      penalized: [])
  }
}
