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
