import DifferentiableCore
import Foundation
import Numerics
import Signals

/// A restored picture at its own pixels.
package struct PictureEstimate: Sendable, Equatable {
  /// Values 0...1 that are not clipped, `[height, width, c]`.
  package var image: Image
  /// The standard deviation of each value in the same order, 0 where the value is known; empty if not requested.
  package var deviations: [Float]
}

extension GridPrior {
  /// Pixels along a side of the parts in which a picture is computed.
  ///
  /// More need more memory; with fewer, the margins around the parts take more of the time.
  package static let partSide = 384

  /// The restored picture and its deviations.
  ///
  /// The picture is computed in parts with margins as wide as the network's reach, so the result does not depend on
  /// the parts, and memory does not grow with the picture beyond its own arrays.
  ///
  /// - Parameters:
  ///   - grid: the observations.
  ///   - withDeviations: whether deviations are computed.
  ///   - partSide: pixels along a side of the parts, at least 1; rounded up to the network's stride.
  func estimate(
    _ grid: EncoderGrid, withDeviations: Bool, partSide: Int
  ) -> PictureEstimate {
    let (channels, network) = (grid.axes.channels, configuration.network)
    var result = PictureEstimate(
      image: Image(width: grid.width, height: grid.height, channels: channels),
      deviations: withDeviations
        ? [Float](repeating: 0, count: grid.width * grid.height * channels) : [])
    let stride = network.stride
    let side = (partSide + stride - 1) / stride * stride
    let margin = (network.reach + stride - 1) / stride * stride
    let views = parameters.views()
    let starts = { (length: Int) in Array(Swift.stride(from: 0, to: length, by: side)) }
    let parts = starts(grid.height).flatMap { row in starts(grid.width).map { (row, $0) } }
    // Parts are computed one after the other, each by all threads: two at a time would need twice the memory.
    for part in parts {
      let rows = part.0..<min(grid.height, part.0 + side)
      let columns = part.1..<min(grid.width, part.1 + side)
      let outerRows = max(0, rows.lowerBound - margin)..<min(grid.height, rows.upperBound + margin)
      let outerColumns =
        max(0, columns.lowerBound - margin)..<min(grid.width, columns.upperBound + margin)
      fill(rows, columns, &result, with: grid.axes.mean)
      for component in 0..<grid.axes.count {
        let inputs = grid.part(component, rows: outerRows, columns: outerColumns)
        let outputs = network(
          Tensor(
            inputs.features,
            shape: [1, outerRows.count, outerColumns.count, EncoderGrid.features]), views
        ).values
        add(
          component, of: grid, inputs, outputs, rows: rows, columns: columns,
          within: (outerRows, outerColumns), to: &result)
      }
    }
    for index in result.deviations.indices {
      result.deviations[index] = result.deviations[index].squareRoot()
    }
    if withDeviations, grid.axes.count == 0 { addUnseen(grid, to: &result) }
    return result
  }

  /// Sets the deviations where all observed values are equal, of which the network learns nothing.
  ///
  /// By Laplace's rule of succession, a value differs from n equal ones with probability 1 / (n + 2). It is taken to be
  /// uniform in 0...1 then.
  private func addUnseen(_ grid: EncoderGrid, to result: inout PictureEstimate) {
    let count = grid.isObserved.reduce(0) { $0 + ($1 ? 1 : 0) }
    let deviations = grid.axes.mean.map { value in
      // The mean square of a uniform value's distance from this one.
      ((value * value - value + 1 / 3) / Float(count + 2)).squareRoot()
    }
    for pixel in grid.isKnown.indices where !(grid.isKnown[pixel] && configuration.noise == 0) {
      for channel in deviations.indices {
        result.deviations[pixel * deviations.count + channel] = deviations[channel]
      }
    }
  }

  /// Sets the pixels of a part to the mean of each channel.
  private func fill(
    _ rows: Range<Int>, _ columns: Range<Int>, _ result: inout PictureEstimate, with mean: [Float]
  ) {
    for row in rows {
      for column in columns {
        let start = (row * result.image.width + column) * mean.count
        for channel in mean.indices { result.image.values[start + channel] = mean[channel] }
      }
    }
  }

  /// Adds a component's values, and its variances to the deviations.
  private func add(
    _ component: Int, of grid: EncoderGrid, _ inputs: EncoderGrid.Part, _ outputs: [Float],
    rows: Range<Int>, columns: Range<Int>, within outer: (rows: Range<Int>, columns: Range<Int>),
    to result: inout PictureEstimate
  ) {
    let axis = grid.axes.axes[component]
    let hasDeviations = !result.deviations.isEmpty
    for row in rows {
      for column in columns {
        let pixel = row * grid.width + column
        let place =
          (row - outer.rows.lowerBound) * outer.columns.count + column - outer.columns.lowerBound
        let scale = inputs.deviation[place]
        let isKnown = grid.isKnown[pixel] && configuration.noise == 0
        let residual = isKnown ? 0 : scale * outputs[2 * place]
        let value = grid.interpolated[component][pixel] + residual
        for channel in axis.indices {
          result.image.values[pixel * axis.count + channel] += axis[channel] * value
        }
        guard hasDeviations, !isKnown else { continue }
        let logarithm = GridLoss.bounded(outputs[2 * place + 1])
        let deviation = scale * exp(logarithm) * calibration.factor(at: logarithm)
        for channel in axis.indices {
          result.deviations[pixel * axis.count + channel] +=
            axis[channel] * axis[channel] * deviation * deviation
        }
      }
    }
  }
}
