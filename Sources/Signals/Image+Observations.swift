extension Image {
  /// This picture with each observed pixel set to its value; observations outside change nothing.
  ///
  /// Several observations of one pixel are averaged, in their order and in double precision.
  public func pasting(_ observations: PixelObservations) -> Image {
    precondition(
      observations.channels == channels,
      "observations of \(observations.channels) channels in a picture of \(channels)")
    var result = self
    // Most pictures have one reading per pixel, so sums are kept for the others alone.
    var isSet = [Bool](repeating: false, count: pixelCount)
    var repeated: [Int: (count: Double, sums: [Double])] = [:]
    for point in 0..<observations.count {
      guard let place = observations.nearestPixel(of: point, width: width, height: height)
      else { continue }
      let pixel = place.row * width + place.column
      let values = observations.values[point * channels..<(point + 1) * channels]
      if isSet[pixel] {
        let first = pixel * channels..<(pixel + 1) * channels
        for (channel, value) in values.enumerated() {
          repeated[pixel, default: (1, result.values[first].map(Double.init))].sums[channel] +=
            Double(value)
        }
        repeated[pixel]?.count += 1
      } else {
        isSet[pixel] = true
        for (channel, value) in values.enumerated() {
          result.values[pixel * channels + channel] = value
        }
      }
    }
    for (pixel, reading) in repeated {
      for channel in 0..<channels {
        result.values[pixel * channels + channel] = Float(reading.sums[channel] / reading.count)
      }
    }
    return result
  }
}
