import Signals

extension Image {
  /// This picture with the nearest pixel of each observation set to its value; observations outside
  /// change nothing.
  public func pasting(_ observations: PixelObservations) -> Image {
    precondition(
      observations.channels == channels,
      "observations of \(observations.channels) channels in a picture of \(channels)")
    var result = self
    for point in 0..<observations.count {
      guard let pixel = observations.nearestPixel(of: point, width: width, height: height)
      else { continue }
      for channel in 0..<channels {
        result[pixel.row, pixel.column, channel] = observations.values[point * channels + channel]
      }
    }
    return result
  }
}
