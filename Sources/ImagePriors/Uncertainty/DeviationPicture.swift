import Signals

/// The standard deviation of each pixel as a picture.
public enum DeviationPicture {
  /// The standard deviations as a grey picture.
  ///
  /// A pixel shows the mean standard deviation of its channels. White is 0.5, the largest possible
  /// standard deviation of values 0...1.
  ///
  /// - Parameters:
  ///   - variance: row-major `[height, width, c]`, for values 0...1.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels.
  /// - Returns: one channel, values 0...1.
  public static func image(of variance: [Float], width: Int, height: Int) -> Image {
    let pixels = width * height
    precondition(
      pixels > 0 && !variance.isEmpty && variance.count.isMultiple(of: pixels),
      "\(variance.count) variances do not make a picture of \(width)x\(height)")
    let channels = variance.count / pixels
    let deviations = (0..<pixels).map { pixel -> Float in
      let sum = (0..<channels).reduce(Float(0)) {
        $0 + variance[pixel * channels + $1].squareRoot()
      }
      return min(1, 2 * sum / Float(channels))
    }
    return Image(width: width, height: height, channels: 1, values: deviations)
  }
}
