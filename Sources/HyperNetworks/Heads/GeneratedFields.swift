import DifferentiableCore
import Fields

/// The SIRENs generated for b pictures.
package struct GeneratedFields: Sendable {
  /// All sine layers, first to last; their arrays are shared or have a leading axis b.
  package let sines: [SirenLayer]
  /// Last, linear layer: `[b, outputs, width]`.
  package let outputWeight: Tensor
  /// `[b, outputs]`.
  package let outputBias: Tensor

  /// The activations of the last sine layer.
  ///
  /// - Parameter coordinates: `[b, n, 2]`.
  /// - Returns: `[b, n, width]`.
  package func features(at coordinates: Tensor) -> Tensor {
    Siren.evaluate(at: coordinates, sines)
  }

  /// The last layers, `[b, width + 1, outputs]`, the biases' row last.
  package var lastLayers: Tensor {
    let (batch, outputs) = (outputBias.shape[0], outputBias.shape[1])
    return Tensor.concatenated(
      [outputWeight.transposed(), outputBias.reshaped([batch, 1, outputs])], axis: 1)
  }
}
