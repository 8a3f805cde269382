import DifferentiableCore
import Numerics

/// A network that encodes a set of observed points.
///
/// The result does not depend on the order of the points.
package protocol ContextEncoder: Sendable {
  /// Adds freshly initialized parameters, named `encoder...`.
  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  )

  /// The number of parameters, computed without creating them.
  var parameterCount: Int { get }

  /// The latent vectors of sets of points.
  ///
  /// - Parameters:
  ///   - points: `[b, n, 2 + c]`: row and column in -1...1, values in -1...1.
  ///   - mask: `[b, n]`, 1 for a point, 0 for padding; nil without padding.
  /// - Returns: `[b, latentCount]`.
  func latent(of points: Tensor, mask: Tensor?, _ parameters: ParameterViews) -> Tensor

  /// The length of the latent vector.
  var latentCount: Int { get }
}
