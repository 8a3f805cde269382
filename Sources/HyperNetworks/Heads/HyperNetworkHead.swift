import DifferentiableCore
import Fields
import Numerics

/// A network that turns what the encoder saw into a SIREN for each picture, in two steps: numbers for a whole
/// batch of pictures, and networks made of them, which may be done picture by picture.
protocol HyperNetworkHead: Sendable {
  /// Adds freshly initialized parameters, named `hyper...` and, where there is one, `base...`.
  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  )

  /// Number of parameters, known without making them.
  var parameterCount: Int { get }

  /// Names of the parameters that the second step uses.
  var sharedNames: [String] { get }

  /// What is generated for b pictures: tensors `[b, ...]`.
  ///
  /// - Parameter latent: `[b, latentCount]`.
  func generated(from latent: Tensor, _ parameters: ParameterViews) -> [Tensor]

  /// One network for each picture.
  ///
  /// - Parameters:
  ///   - generated: what the first step said of them.
  ///   - parameters: at least those of ``sharedNames``.
  func fields(of generated: [Tensor], _ parameters: ParameterViews) -> GeneratedFields
}

extension HyperNetworkHead {
  /// One network for each of b pictures.
  ///
  /// - Parameter latent: `[b, latentCount]`.
  func fields(from latent: Tensor, _ parameters: ParameterViews) -> GeneratedFields {
    fields(of: generated(from: latent, parameters), parameters)
  }
}

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

extension HyperNetworkConfiguration {
  /// The head this configuration describes.
  var hyperNetworkHead: any HyperNetworkHead {
    let latentCount = contextEncoder.latentCount
    return switch head {
    case .full: FullHead(latentCount: latentCount, hyperWidth: hyperWidth, field: field)
    case .lowRank: LowRankHead(latentCount: latentCount, field: field)
    case .modulated: ModulatedHead(latentCount: latentCount, field: field)
    }
  }
}
