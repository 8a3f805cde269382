/// What a residual network is shown of one picture, on the grid of the training pictures.
package struct ResidualInputs: Sendable {
  /// The Gaussian posterior's picture, row-major `[size, size, c]`, 0...1 but for overshoots.
  package var gaussian: [Float]
  /// Its deviation, averaged over the channels, `[size, size]`.
  package var deviation: [Float]
  /// What was observed of each pixel, `[size, size, c]`; 0 where nothing was.
  package var observed: [Float]
  /// 1 where a pixel was observed, else 0, `[size, size]`.
  package var mask: [Float]
  /// What neighbours make of the observations; nil if that is not shown.
  package var neighbours: NeighbourDepartures?

  /// Centres and widths that bring what is seen to about -1...1; chosen, not tuned.
  private static let valueScale: Float = 3
  private static let deviationScale: Float = 8

  /// Writes what the network takes, `[size, size, 2 c + 2]`, or with neighbours `[size, size, 3 c + 2]`.
  ///
  /// - Parameter size: side of the picture.
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

  /// What a residual network of 1 is worth at each pixel: the deviation, and nothing where it was observed.
  var scale: [Float] { zip(deviation, mask).map { $0 * (1 - $1) } }

  /// The same seen in a mirror.
  func mirrored(size: Int) -> ResidualInputs {
    ResidualInputs(
      gaussian: gaussian.mirrored(size: size), deviation: deviation.mirrored(size: size),
      observed: observed.mirrored(size: size), mask: mask.mirrored(size: size),
      neighbours: neighbours.map {
        NeighbourDepartures(values: $0.values.mirrored(size: NeighbourGrid(size: size).side))
      })
  }
}
