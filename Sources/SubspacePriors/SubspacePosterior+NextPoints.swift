import Numerics
import Signals

extension SubspacePosterior {
  /// The points to measure next, best first: each is the pixel whose measurement reduces the summed
  /// variance of the picture most, given those before it.
  ///
  /// The variance is that of the channels' mean, and only its reduction through the components counts; a
  /// pixel's residual variance lowers the worth of measuring it. In a picture larger than the prior's,
  /// neighbouring pixels tell the same, so one pixel stands for each pixel of the prior's size.
  ///
  /// - Parameter mask: the picture's size, and the pixels that are not to be proposed.
  /// - Returns: at most `count` positions in pixels, (row, column).
  /// - Throws: `PriorError/withoutUncertainty` if something was observed and the posterior was made
  ///   without its uncertainty.
  public func nextPoints(
    _ count: Int, excluding mask: PixelMask
  ) throws -> [(row: Int, column: Int)] {
    let candidates = MeasurementCandidates(mask, side: prior.imageSize)
    let targets = TargetLoadings(
      prior, evidence, PriorTargets(prior, candidates.coordinates(of: mask)))
    let (loadings, own) = targets.channelMean()
    var measurement = GreedyMeasurement(
      loadings: DoubleMatrix(loadings), own: own.map { $0 + prior.noise },
      covariance: try codeCovariance())
    var isOpen = candidates.pixels.map { !mask.observed[$0] }
    var chosen: [(row: Int, column: Int)] = []
    while chosen.count < count, let place = measurement.best(among: isOpen) {
      isOpen[place] = false
      let pixel = candidates.pixels[place]
      chosen.append((pixel / mask.width, pixel % mask.width))
      measurement.measure(place)
    }
    return chosen
  }
}

/// The pixels of a picture that may be measured next: all pixels of a small picture; of a larger one, which
/// is cut into cells, the allowed pixel nearest to the middle of each cell.
struct MeasurementCandidates: Sendable {
  /// Row by row; the middle pixel of a cell whose pixels are all excluded.
  let pixels: [Int]

  /// - Parameters:
  ///   - mask: excludes its observed pixels.
  ///   - side: the most cells along an axis, at least 1.
  init(_ mask: PixelMask, side: Int) {
    let (rows, columns) = (min(mask.height, side), min(mask.width, side))
    let range = { (cell: Int, cells: Int, size: Int) in
      cell * size / cells..<(cell + 1) * size / cells
    }
    pixels = (0..<rows * columns).map { cell in
      let own = range(cell / columns, rows, mask.height)
      let across = range(cell % columns, columns, mask.width)
      let (middle, centre) = (
        (own.lowerBound + own.upperBound) / 2, (across.lowerBound + across.upperBound) / 2
      )
      var best = (pixel: middle * mask.width + centre, distance: Int.max)
      for row in own {
        for column in across where !mask.observed[row * mask.width + column] {
          let distance = (row - middle) * (row - middle) + (column - centre) * (column - centre)
          if distance < best.distance { best = (row * mask.width + column, distance) }
        }
      }
      return best.pixel
    }
  }

  /// Their coordinates in -1...1, `[pixels, 2]`, each (row, column).
  func coordinates(of mask: PixelMask) -> [Float] {
    pixels.flatMap { pixel in
      [
        CoordinateGrid.coordinate(ofIndex: Double(pixel / mask.width), size: mask.height),
        CoordinateGrid.coordinate(ofIndex: Double(pixel % mask.width), size: mask.width),
      ]
    }
  }
}
