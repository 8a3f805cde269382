import DifferentiableCore
import Fields
import Numerics

/// A network that generates one SIREN per picture from the encoder's latent vectors.
///
/// It works in two steps: it generates values for a whole batch, and builds networks from them, which may be
/// done per picture.
protocol HyperNetworkHead: Sendable {
  /// Adds freshly initialized parameters, named `hyper...` and, for a base SIREN, `base...`.
  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  )

  /// The number of parameters, computed without creating them.
  var parameterCount: Int { get }

  /// Names of the parameters that the second step uses.
  var sharedNames: [String] { get }

  /// The generated values for b pictures: tensors `[b, ...]`.
  ///
  /// - Parameter latent: `[b, latentCount]`.
  func generated(from latent: Tensor, _ parameters: ParameterViews) -> [Tensor]

  /// One network for each picture.
  ///
  /// - Parameters:
  ///   - generated: the values of the first step.
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
