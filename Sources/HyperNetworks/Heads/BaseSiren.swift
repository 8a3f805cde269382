import DifferentiableCore
import Fields
import Numerics

/// The learned SIREN that some heads modify per picture.
struct BaseSiren: Sendable {
  let field: SirenArchitecture

  /// Adds a freshly initialized SIREN, its arrays named `base...`.
  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    Siren.appendParameters(of: field, prefix: "base.", to: &parameters, random: &random)
  }

  /// Names of its arrays.
  var names: [String] {
    field.layers.flatMap { ["base.\($0.weightName)", "base.\($0.biasName)"] }
  }

  /// Networks with given sine layers and the base's output layer with a change of all its weights.
  ///
  /// - Parameters:
  ///   - change: weights and biases side by side, `[b, outputs (width + 1)]`.
  ///   - sines: the sine layers of the networks.
  ///   - parameters: at least those named ``names``.
  func fields(
    changedBy change: Tensor, sines: [SirenLayer], _ parameters: ParameterViews
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
