import DifferentiableCore
import Fields
import Numerics

/// The set encoder of the paper: four layers sin(30 (W x + b)) on each point, then the mean.
///
/// Sitzmann et al. 2020 (arXiv 2006.09661), section 4.4. The latent vector of no points is zero.
struct SetEncoder: ContextEncoder {
  let channels: Int
  let width: Int

  private static let omega: Float = 30
  private static let layerCount = 4

  var latentCount: Int { width }

  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    for layer in 0..<Self.layerCount {
      let inputs = layer == 0 ? 2 + channels : width
      parameters.append(
        "encoder.layers.\(layer).weight", [width, inputs],
        uniform: (6 / Float(inputs)).squareRoot() / Self.omega, &random)
      parameters.append(
        "encoder.layers.\(layer).bias", [width], uniform: 1 / Float(inputs).squareRoot(), &random)
    }
  }

  var parameterCount: Int {
    Parameters.linearCount(2 + channels, width)
      + (Self.layerCount - 1) * Parameters.linearCount(width, width)
  }

  func latent(of points: Tensor, mask: Tensor?, _ parameters: ParameterViews) -> Tensor {
    let (batch, count) = (points.shape[0], points.shape[1])
    if count == 0 { return .zeros([batch, width]) }
    let hidden = Siren.evaluate(
      at: points,
      (0..<Self.layerCount).map { layer in
        SirenLayer(
          weight: parameters["encoder.layers.\(layer).weight"],
          bias: parameters["encoder.layers.\(layer).bias"], omega: Self.omega)
      })
    guard let mask else { return hidden.mean(axes: [1]) }
    let weight = mask.reshaped([batch, count, 1])
    let total = Tensor.maximum(mask.sum(axes: [1], keepingAxes: true), Tensor(1))
    return (hidden * weight).sum(axes: [1]) / total
  }
}
