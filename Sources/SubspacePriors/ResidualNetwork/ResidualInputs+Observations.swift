import Numerics
import Signals

extension ResidualInputs {
  /// The inputs for observations at any positions, which are averaged in the pixels of the training grid.
  ///
  /// - Parameters:
  ///   - prior: that of the network.
  ///   - residualNetwork: decides whether neighbours are shown.
  ///   - cells: the observations.
  ///   - evidence: from the cells.
  ///   - codes: with the mixture component that the network is shown worked out, where it is worth its time.
  init(
    _ prior: SubspacePrior, _ residualNetwork: PictureResidual, _ cells: ObservationCells,
    _ evidence: SubspaceEvidence, _ codes: CodePosterior
  ) {
    let (size, channels) = (prior.imageSize, prior.channels)
    let shown = prior.mixtureComponent(shownTo: residualNetwork)
    let near = evidence.isWorthNeighbours ? shown.map { codes.means[$0] } : nil
    let pictures = evidence.pictures(
      prior,
      codes: DoubleMatrix(
        columns: [codes.collectionMean] + (near.map { [$0] } ?? []), rows: prior.codeLength))
    gaussian = pictures[0]
    deviation = residualNetwork.grid.deviation(codes.collectionCovariance)
    if shown != nil {
      neighbours = NeighbourDepartures(
        of: pictures[pictures.count - 1], from: gaussian, deviation: deviation, size: size)
    }
    var (sums, counts) = (
      [Double](repeating: 0, count: size * size * channels),
      [Double](repeating: 0, count: size * size)
    )
    let place = { (coordinate: Float) in
      PixelPosition.clampedPixel(
        nearestTo: PixelPosition.position(ofCoordinate: Double(coordinate), size: size), size: size)
    }
    for point in cells.counts.indices {
      let (row, column) = (
        place(cells.coordinates[2 * point]), place(cells.coordinates[2 * point + 1])
      )
      let pixel = row * size + column
      counts[pixel] += cells.counts[point]
      for channel in 0..<channels {
        sums[pixel * channels + channel] +=
          cells.counts[point] * cells.values[point * channels + channel]
      }
    }
    observed = sums.indices.map {
      counts[$0 / channels] > 0 ? Float(sums[$0] / counts[$0 / channels]) : 0
    }
    mask = counts.map { $0 > 0 ? 1 : 0 }
  }
}
