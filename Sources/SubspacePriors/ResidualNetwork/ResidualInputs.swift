/// A residual network's inputs for one picture, on the grid of the training pictures.
package struct ResidualInputs: Sendable {
  /// The Gaussian posterior's picture, row-major `[size, size, c]`, 0...1 except for overshoots.
  package var gaussian: [Float]
  /// Its standard deviation for the mean over the channels, `[size, size]`.
  package var deviation: [Float]
  /// The observed value of each pixel, `[size, size, c]`; 0 where nothing was observed.
  package var observed: [Float]
  /// 1 where a pixel was observed, else 0, `[size, size]`.
  package var mask: [Float]
  /// The neighbours' picture; nil if it is not shown.
  package var neighbours: NeighbourDepartures?

  /// Factors that bring the inputs to about -1...1; chosen, not tuned.
  private static let valueScale: Float = 3
  private static let deviationScale: Float = 8

  /// Appends the network's input array, `[size, size, 2 c + 2]`, or with neighbours `[size, size, 3 c + 2]`.
  ///
  /// - Parameters:
  ///   - features: is appended to.
  ///   - size: side of the picture, in pixels.
  func appendFeatures(to features: inout [Float], size: Int) {
    let channels = observed.count / mask.count
    let grid = NeighbourGrid(size: size)
    for pixel in mask.indices {
      for channel in 0..<channels {
        features.append((gaussian[pixel * channels + channel] - 0.5) * Self.valueScale)
      }
      features.append(deviation[pixel] * Self.deviationScale)
      features.append(mask[pixel])
      for channel in 0..<channels {
        features.append(
          (observed[pixel * channels + channel] - 0.5) * Self.valueScale * mask[pixel])
      }
      if let neighbours {
        let place = grid.place(ofPixel: pixel)
        features += neighbours.values[place * channels..<(place + 1) * channels]
      }
    }
  }

  /// The unit of the network's output at each pixel: the standard deviation, or 0 where the pixel was
  /// observed.
  var scale: [Float] { zip(deviation, mask).map { $0 * (1 - $1) } }

  /// The inputs for the mirrored picture.
  func mirrored(size: Int) -> ResidualInputs {
    ResidualInputs(
      gaussian: gaussian.mirrored(size: size), deviation: deviation.mirrored(size: size),
      observed: observed.mirrored(size: size), mask: mask.mirrored(size: size),
      neighbours: neighbours.map {
        NeighbourDepartures(values: $0.values.mirrored(size: NeighbourGrid(size: size).side))
      })
  }
}
