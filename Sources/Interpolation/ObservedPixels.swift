import Signals

/// Observations rounded to the nearest pixel, for methods that work on the pixel grid.
///
/// Several observations of one pixel are averaged.
package struct ObservedPixels {
  /// Row-major indices of the observed pixels, ascending.
  package let pixels: [Int]
  /// `[pixels.count, channels]`.
  package let values: [Float]
  /// Whether each pixel of the picture is observed.
  package let isObserved: [Bool]

  /// Rounds validated observations.
  package init(_ observations: PixelObservations, width: Int, height: Int) {
    let channels = observations.channels
    var sums = [Double](repeating: 0, count: width * height * channels)
    var counts = [Int](repeating: 0, count: width * height)
    for index in 0..<observations.count {
      guard let (row, column) = observations.nearestPixel(of: index, width: width, height: height)
      else { continue }
      let pixel = row * width + column
      counts[pixel] += 1
      for channel in 0..<channels {
        sums[pixel * channels + channel] += Double(observations.values[index * channels + channel])
      }
    }
    isObserved = counts.map { $0 > 0 }
    pixels = counts.indices.filter { counts[$0] > 0 }
    values = pixels.flatMap { pixel in
      (0..<channels).map { Float(sums[pixel * channels + $0] / Double(counts[pixel])) }
    }
  }

  /// Pastes the observed values into a picture.
  package func copy(to image: inout Image) {
    for (index, pixel) in pixels.enumerated() {
      for channel in 0..<image.channels {
        image.values[pixel * image.channels + channel] = values[index * image.channels + channel]
      }
    }
  }
}
