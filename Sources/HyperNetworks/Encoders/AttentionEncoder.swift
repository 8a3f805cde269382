import DifferentiableCore
import Numerics

/// Learned queries that attend to the points, then to each other.
///
/// The points are embedded with Fourier features of their coordinates. Attention follows Vaswani et al.
/// (arXiv 1706.03762) with pre-normalization. Learned queries over a set follow the Perceiver (arXiv
/// 2103.03206). A learned token is added to the points, so that an empty set is a valid input.
package struct AttentionEncoder: ContextEncoder {
  let channels: Int
  let width: Int
  let tokens: Int
  let heads: Int
  let blocks: Int

  /// Octaves of the Fourier features, from half a period per picture to 16 periods.
  package static let octaves = 6

  package var latentCount: Int { tokens * width }

  package func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    let features = 2 + 4 * Self.octaves + channels
    parameters.appendLinear("encoder.embed.0", inputs: features, outputs: width, &random)
    parameters.appendLinear("encoder.embed.1", inputs: width, outputs: width, &random)
    parameters.append("encoder.empty", [1, width], normal: 0.02, &random)
    parameters.append("encoder.queries", [tokens, width], normal: 1, &random)
    parameters.appendNormalization("encoder.points", width: width)
    for block in 0..<blocks {
      for part in ["cross", "self"] {
        let name = "encoder.blocks.\(block).\(part)"
        parameters.appendNormalization("\(name).norm", width: width)
        for projection in ["query", "value", "output"] {
          parameters.appendLinear("\(name).\(projection)", inputs: width, outputs: width, &random)
        }
        parameters.append(
          "\(name).key.weight", [width, width], uniform: 1 / Float(width).squareRoot(), &random)
        parameters.appendNormalization("\(name).mlp.norm", width: width)
        parameters.appendLinear("\(name).mlp.0", inputs: width, outputs: 2 * width, &random)
        parameters.appendLinear("\(name).mlp.1", inputs: 2 * width, outputs: width, &random)
      }
    }
    parameters.appendNormalization("encoder.norm", width: width)
  }

  package var parameterCount: Int {
    let points = Parameters.linearCount(2 + 4 * Self.octaves + channels, width)
    let square = Parameters.linearCount(width, width)
    let mix =
      Parameters.linearCount(width, 2 * width) + Parameters.linearCount(2 * width, width)
    // Normalizations have a scale and a shift.
    let part = 3 * square + width * width + mix + 2 * 2 * width
    return points + square + (1 + tokens) * width + 2 * blocks * part + 2 * 2 * width
  }

  package func latent(of points: Tensor, mask: Tensor?, _ parameters: ParameterViews) -> Tensor {
    let batch = points.shape[0]
    let embedded = Self.features(of: points)
      .linear("encoder.embed.0", parameters).gaussianErrorLinear()
      .linear("encoder.embed.1", parameters)
    let empty = parameters["encoder.empty"].broadcast(to: [batch, 1, width])
    let seen = Tensor.concatenated([empty, embedded], axis: 1)
      .normalized("encoder.points", parameters)
    let keyMask = mask.map { mask in
      Tensor.concatenated([.ones([batch, 1]), mask], axis: 1)
        .reshaped([batch, 1, mask.shape[1] + 1])
    }
    var state = parameters["encoder.queries"].broadcast(to: [batch, tokens, width])
    for block in 0..<blocks {
      let cross = "encoder.blocks.\(block).cross"
      state =
        state
        + attend(
          from: state.normalized("\(cross).norm", parameters), to: seen, mask: keyMask, cross,
          parameters)
      state = state + mix(state, cross, parameters)
      let own = "encoder.blocks.\(block).self"
      let normalized = state.normalized("\(own).norm", parameters)
      state = state + attend(from: normalized, to: normalized, mask: nil, own, parameters)
      state = state + mix(state, own, parameters)
    }
    return state.normalized("encoder.norm", parameters).reshaped([batch, latentCount])
  }

  /// Values, coordinates, and the sines and cosines of each coordinate at octaves of frequency.
  private static func features(of points: Tensor) -> Tensor {
    let (batch, count) = (points.shape[0], points.shape[1])
    let frequencies = Tensor((0..<octaves).map { Float.pi * 0.5 * Float(1 << $0) })
    let angles =
      (points.sliced(axis: 2, 0..<2).reshaped([batch, count, 2, 1]) * frequencies)
      .reshaped([batch, count, 2 * octaves])
    return Tensor.concatenated([points, angles.sine(), angles.cosine()], axis: 2)
  }

  private func attend(
    from queries: Tensor, to points: Tensor, mask: Tensor?, _ name: String,
    _ parameters: ParameterViews
  ) -> Tensor {
    let mixed = Attention.mixture(
      of: points, for: queries.linear("\(name).query", parameters), heads: heads, mask: mask,
      key: parameters["\(name).key.weight"], value: parameters["\(name).value.weight"])
    return (mixed + parameters["\(name).value.bias"]).linear("\(name).output", parameters)
  }

  private func mix(_ state: Tensor, _ name: String, _ parameters: ParameterViews) -> Tensor {
    state.normalized("\(name).mlp.norm", parameters)
      .linear("\(name).mlp.0", parameters).gaussianErrorLinear()
      .linear("\(name).mlp.1", parameters)
  }
}
