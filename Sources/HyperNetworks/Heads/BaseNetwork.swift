import DifferentiableCore
import Fields
import Numerics

/// What heads share that change a learned base SIREN.
extension ParameterBuilder {
  /// Adds a freshly initialized SIREN, its arrays named `base...`.
  mutating func appendBase(_ field: SirenArchitecture, _ random: inout Xoshiro256) {
    Siren.appendParameters(of: field, prefix: "base.", to: &self, random: &random)
  }
}

extension SirenArchitecture {
  /// Names of the base's arrays.
  var baseNames: [String] { layers.flatMap { ["base.\($0.weightName)", "base.\($0.biasName)"] } }
}

extension GeneratedFields {
  /// Networks of given sine layers whose last layer is the base's with all its weights changed.
  ///
  /// - Parameter change: weights and biases side by side, `[b, outputs (width + 1)]`.
  static func changing(
    _ field: SirenArchitecture, by change: Tensor, sines: [SirenLayer],
    _ parameters: ParameterViews
  ) -> GeneratedFields {
    let width = field.hiddenWidth
    let last = field.layers[field.layers.count - 1]
    let weightCount = field.outputs * width
    return GeneratedFields(
      sines: sines,
      outputWeight: change.sliced(axis: 1, 0..<weightCount).reshaped([-1, field.outputs, width])
        + parameters["base.\(last.weightName)"],
      outputBias: change.sliced(axis: 1, weightCount..<weightCount + field.outputs)
        + parameters["base.\(last.biasName)"])
  }
}
