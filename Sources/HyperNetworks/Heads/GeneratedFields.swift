import DifferentiableCore
import Fields

/// The SIRENs generated for b pictures.
package struct GeneratedFields: Sendable {
  /// All sine layers from first to last; their arrays are shared or have a leading axis b.
  package let sines: [SirenLayer]
  /// The weights of the linear output layer, `[b, outputs, width]`.
  package let outputWeight: Tensor
  /// The biases of the output layer, `[b, outputs]`.
  package let outputBias: Tensor

  /// The activations of the last sine layer.
  ///
  /// - Parameter coordinates: `[b, n, 2]`.
  /// - Returns: `[b, n, width]`.
  package func features(at coordinates: Tensor) -> Tensor {
    Siren.evaluate(at: coordinates, sines)
  }

  /// The output layers, `[b, width + 1, outputs]`, with the biases in the last row.
  package var lastLayers: Tensor {
    let (batch, outputs) = (outputBias.shape[0], outputBias.shape[1])
    return Tensor.concatenated(
      [outputWeight.transposed(), outputBias.reshaped([batch, 1, outputs])], axis: 1)
  }
}
