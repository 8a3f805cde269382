import DifferentiableCore
import Numerics

/// A network that looks at a set of observed points.
///
/// The result does not depend on the order of the points.
package protocol ContextEncoder: Sendable {
  /// Adds freshly initialized parameters, named `encoder...`.
  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  )

  /// Number of parameters, known without making them.
  var parameterCount: Int { get }

  /// What was seen.
  ///
  /// - Parameters:
  ///   - points: `[b, n, 2 + c]`: row and column in -1...1, values in -1...1.
  ///   - mask: `[b, n]`, 1 for a point, 0 for padding; nil if all are points.
  /// - Returns: `[b, latentCount]`.
  func latent(of points: Tensor, mask: Tensor?, _ parameters: ParameterViews) -> Tensor

  /// Length of the result.
  var latentCount: Int { get }
}

extension HyperNetworkConfiguration {
  /// Length of what the encoder makes of the points.
  package var latentCount: Int { contextEncoder.latentCount }

  /// The encoder this configuration describes.
  package var contextEncoder: any ContextEncoder {
    switch encoder {
    case .attention:
      AttentionEncoder(
        channels: channels, width: latentWidth, tokens: tokens, heads: attentionHeads,
        blocks: blocks)
    case .convolutional: ConvolutionalEncoder(channels: channels, width: latentWidth)
    case .set: SetEncoder(channels: channels, width: latentWidth)
    }
  }
}
