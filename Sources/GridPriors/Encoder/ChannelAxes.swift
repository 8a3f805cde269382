import Numerics
import Signals

/// The axes along which a picture's channels are decorrelated: the principal components of the observed values.
///
/// The network restores one component at a time with the same weights, so a prior serves pictures of any number of
/// channels. Brightness, which all channels share, then has a component of its own. Channels that are equal at every
/// observed point have components without variance, which need no network: a grey picture stays grey.
struct ChannelAxes: Sendable, Equatable {
  /// Number of channels.
  let channels: Int
  /// The mean of each channel.
  let mean: [Float]
  /// The components that vary, `[k, channels]`, orthonormal, by descending variance.
  let axes: [[Float]]

  /// Components whose standard deviation is below this share of a value's range are constant.
  private static let smallestDeviation = 1e-5

  /// The axes of some observations.
  ///
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  init(_ observations: PixelObservations) throws {
    let (channels, count) = (observations.channels, observations.count)
    self.channels = channels
    var sums = [Double](repeating: 0, count: channels)
    for (index, value) in observations.values.enumerated() {
      sums[index % channels] += Double(value)
    }
    let mean = sums.map { $0 / Double(max(1, count)) }
    self.mean = mean.map { Float($0) }
    var covariance = DoubleMatrix(rows: channels, columns: channels)
    for start in stride(from: 0, to: observations.values.count, by: channels) {
      for row in 0..<channels {
        let own = Double(observations.values[start + row]) - mean[row]
        for column in 0...row {
          covariance[row, column] +=
            own * (Double(observations.values[start + column]) - mean[column])
        }
      }
    }
    for row in 0..<channels {
      for column in 0...row {
        covariance[row, column] /= Double(max(1, count))
        covariance[column, row] = covariance[row, column]
      }
    }
    let (values, vectors) = try LinearAlgebra.symmetricEigen(covariance)
    axes = values.indices.reversed().compactMap { index in
      guard values[index] > Self.smallestDeviation * Self.smallestDeviation else { return nil }
      let axis = (0..<channels).map { vectors[$0, index] }
      // The sign of an eigenvector is not defined; the sum of its elements decides it.
      let sign = axis.reduce(0, +) < 0 ? -1.0 : 1
      return axis.map { Float(sign * $0) }
    }
  }

  /// Number of components that vary.
  var count: Int { axes.count }

  /// The component of values `[n, channels]`, `[n]`.
  func component(_ index: Int, of values: [Float]) -> [Float] {
    let axis = axes[index]
    return (0..<values.count / channels).map { place in
      var sum: Float = 0
      for channel in 0..<channels {
        sum += axis[channel] * (values[place * channels + channel] - mean[channel])
      }
      return sum
    }
  }
}
