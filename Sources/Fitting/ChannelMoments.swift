/// The sums and the sums of squares of a signal's channels, in double precision.
struct ChannelMoments {
  private let channels: Int
  private var sums: [Double]
  private var squares: [Double]
  private var samples = 0

  /// The moments of no samples.
  init(channels: Int) {
    self.channels = channels
    sums = [Double](repeating: 0, count: channels)
    squares = sums
  }

  /// Adds samples in order.
  ///
  /// - Parameter values: `[samples, channels]`.
  mutating func add(_ values: [Float]) {
    for start in stride(from: 0, to: values.count, by: channels) {
      for channel in 0..<channels {
        let value = Double(values[start + channel])
        sums[channel] += value
        squares[channel] += value * value
      }
    }
    samples += values.count / channels
  }

  /// The mean over channels of each channel's variance: the mean squared error of the best constant.
  var variance: Double {
    let count = Double(max(1, samples))
    return zip(sums, squares).reduce(0.0) { total, own in
      let mean = own.0 / count
      return total + max(0, own.1 / count - mean * mean)
    } / Double(channels)
  }
}
