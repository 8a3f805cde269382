import DifferentiableCore
import Numerics

/// A convolutional network on a grid of the observations with a density channel (Gordon et al., arXiv
/// 1910.13556).
///
/// A point contributes to the four grid cells around it with bilinear weights, and the value of a cell is
/// the weighted mean of the observations. The result therefore does not depend on the order of the points
/// or the resolution of the picture. Residual blocks on grids of 16, 8 and 4 follow. The 16 cells of the
/// last grid are the latent vector.
struct ConvolutionalEncoder: ContextEncoder {
  let channels: Int
  let width: Int

  /// The number of grid cells along each axis.
  private static let side = 32
  /// Channels on the grids of 16 and 8.
  private static let widths = [48, 64]
  private static let places = 16

  private var allWidths: [Int] { Self.widths + [width] }

  var latentCount: Int { Self.places * width }

  private var plan: ParameterPlan {
    let widths = allWidths
    var plan = ParameterPlan()
    plan.appendConvolution(
      "encoder.stem", side: 3, inputs: 4 * (channels + 1), outputs: widths[0])
    for (level, own) in widths.enumerated() {
      let side = Self.side >> (level + 1)
      plan.append("encoder.places.\(level)", [side, side, own], uniform: 0)
      plan.appendBlock("encoder.blocks.\(level)", width: own)
      guard level + 1 < widths.count else { continue }
      plan.appendConvolution(
        "encoder.down.\(level)", side: 1, inputs: 4 * own, outputs: widths[level + 1])
    }
    return plan
  }

  func appendParameters(
    to parameters: inout some ParameterBuilder, random: inout Xoshiro256
  ) {
    parameters.append(plan, &random)
    parameters.appendNormalization("encoder.norm", width: width)
  }

  // A normalization has a scale and a shift.
  var parameterCount: Int { plan.count + 2 * width }

  func latent(of points: Tensor, mask: Tensor?, _ parameters: ParameterViews) -> Tensor {
    let batch = points.shape[0]
    var x = Self.grid(points, mask: mask).patchesAsChannels(side: 2)
      .convolution("encoder.stem", parameters)
    for level in allWidths.indices {
      x = (x + parameters["encoder.places.\(level)"])
        .residualBlock("encoder.blocks.\(level)", parameters)
      guard level + 1 < allWidths.count else { break }
      x = x.patchesAsChannels(side: 2).convolution("encoder.down.\(level)", parameters)
    }
    return x.normalized("encoder.norm", parameters).reshaped([batch, latentCount])
  }

  /// Mean values and densities, `[b, side, side, c + 1]`; observations are constants, so no derivative is
  /// recorded.
  private static func grid(_ points: Tensor, mask: Tensor?) -> Tensor {
    let (batch, count, channels) = (points.shape[0], points.shape[1], points.shape[2] - 2)
    let (values, present) = (points.values, mask?.values)
    let stride = channels + 1
    var grid = [Float](repeating: 0, count: batch * side * side * stride)
    for item in 0..<batch {
      let base = item * side * side
      for point in 0..<count {
        let own = (item * count + point) * (2 + channels)
        let share = present?[item * count + point] ?? 1
        let (row, column) = (Cell(values[own]), Cell(values[own + 1]))
        for (y, down) in [(row.first, 1 - row.part), (row.first + 1, row.part)] {
          for (x, across) in [(column.first, 1 - column.part), (column.first + 1, column.part)] {
            let (place, weight) = ((base + y * side + x) * stride, share * down * across)
            for channel in 0..<channels {
              grid[place + channel] += weight * values[own + 2 + channel]
            }
            grid[place + channels] += weight
          }
        }
      }
    }
    for place in Swift.stride(from: 0, to: grid.count, by: stride) {
      let density = grid[place + channels]
      guard density > 0 else { continue }
      for channel in place..<place + channels { grid[channel] /= density }
      // The density is 0 without a point and approaches 1 with many.
      grid[place + channels] = density / (1 + density)
    }
    return Tensor(grid, shape: [batch, side, side, stride])
  }

  /// The two grid cells around a coordinate.
  private struct Cell {
    let first: Int
    /// The weight of the second cell, 0...1.
    let part: Float

    /// - Parameter coordinate: -1...1; other values are clamped, and NaN is replaced.
    init(_ coordinate: Float) {
      let last = Float(ConvolutionalEncoder.side - 1)
      let place = min(max((coordinate + 1) / 2 * last, 0), last)
      first = min(place.isFinite ? Int(place) : 0, ConvolutionalEncoder.side - 2)
      part = place.isFinite ? place - Float(first) : 0
    }
  }
}
