import Numerics

/// The sums and the sums of squares of a signal's channels, in double precision.
struct ChannelMoments: GroupMessage {
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

  /// The moments that a member of a group sent.
  init?(from message: inout GroupBytes) {
    guard let counts = [Int](from: &message), let sums = [Double](from: &message),
      let squares = [Double](from: &message), counts.count == 2, sums.count == counts[0],
      squares.count == counts[0]
    else { return nil }
    channels = counts[0]
    samples = counts[1]
    self.sums = sums
    self.squares = squares
  }

  /// Appends the moments to a message.
  func append(to message: inout GroupBytes) {
    [channels, samples].append(to: &message)
    sums.append(to: &message)
    squares.append(to: &message)
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
