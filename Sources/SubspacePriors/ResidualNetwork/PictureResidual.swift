import Numerics
import Signals

/// A residual network with what it needs of its prior.
struct PictureResidual: Sendable, Equatable {
  let network: ResidualNetwork
  let grid: ResidualGrid
  /// The functions of a corrected picture: the prior's own first, then the slowest of the others, since
  /// a residual network knows edges that components of the collection do not hold.
  let basis: CosineBasis
  /// Whether a mirrored picture is as likely as the picture.
  private let mirrors: Bool

  /// The most functions of a corrected picture.
  private static let mostFunctions = 4_096

  /// A network for a prior's pictures; nil if their size or channels are not the network's, or if it is shown
  /// more neighbours than there are.
  init?(_ network: ResidualNetwork, for prior: SubspacePrior) {
    let configuration = network.configuration
    guard configuration.size == prior.imageSize, configuration.channels == prior.channels,
      configuration.neighbourhood.map({ prior.mixtureComponents.contains($0) }) ?? true
    else { return nil }
    self.network = network
    grid = ResidualGrid(prior)
    mirrors = prior.mirror != nil
    let size = prior.imageSize
    let own = Set(prior.basis.indices)
    let frequency = { (index: Int) -> Int in
      let (u, v) = (index / size, index % size)
      return u * u + v * v
    }
    let others = (0..<size * size).filter { !own.contains($0) }.sorted {
      (frequency($0), $0) < (frequency($1), $1)
    }
    basis = CosineBasis(
      size: size,
      indices: prior.basis.indices + others.prefix(max(0, Self.mostFunctions - own.count)))
  }

  /// The residual network, of which a share is to be added.
  func residual(_ inputs: ResidualInputs, share: Float) -> ResidualPrediction {
    var result = network.residual(of: inputs, mirrors: mirrors)
    for index in result.values.indices { result.values[index] *= share }
    return result
  }
}

extension ResidualInputs {
  /// What the network is shown of observations at any positions: values are averaged in the pixels of the
  /// training grid.
  ///
  /// - Parameter codes: with the mixture component of the neighbours that the network is shown worked out, where these are
  ///   worth it.
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
    // Positions beyond the border belong to the outermost pixels.
    let place = { (coordinate: Float) in
      Int(min(max((Double(coordinate) + 1) / 2 * Double(size - 1), 0), Double(size - 1)).rounded())
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

extension SubspacePrior {
  /// What the prior's network is shown of some observations; nil if there is no network.
  ///
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  package func residualInputs(
    of observations: PixelObservations, width: Int, height: Int
  ) throws -> ResidualInputs? {
    guard let residualNetwork else { return nil }
    let cells = ObservationCells(observations, width: width, height: height)
    let evidence = try SubspaceEvidence(
      self, coordinates: cells.coordinates, values: cells.values, counts: cells.counts)
    let shown = mixtureComponent(shownTo: residualNetwork)
    let codes = try CodePosterior(
      self, evidence, mixtureComponents: mixtureComponents.indices.map { $0 == shown },
      withCovariance: false)
    return ResidualInputs(self, residualNetwork, cells, evidence, codes)
  }

  /// The place in ``mixture components`` of the neighbours that a residual network is shown; nil if it is shown none.
  func mixtureComponent(shownTo residualNetwork: PictureResidual) -> Int? {
    residualNetwork.network.configuration.neighbourhood.flatMap {
      mixtureComponents.firstIndex(of: $0)
    }
  }

  /// Coefficients along the channel axes in the functions of a corrected picture, `[c, K']`; the
  /// coefficients themselves if the prior has no residual network.
  ///
  /// - Parameters:
  ///   - coefficients: `[c, K]`.
  ///   - residual network: row-major `[size, size, c]`, or nil for none.
  func spectrum(of coefficients: DoubleMatrix, adding residualNetwork: [Float]?) -> DoubleMatrix {
    guard let wide = self.residualNetwork?.basis else { return coefficients }
    var result = DoubleMatrix(rows: channels, columns: wide.count)
    if let residualNetwork {
      result = channelAxes.multiplied(
        by: DoubleMatrix(
          rows: channels, columns: wide.count,
          values: wide.analyzer(channels: channels)(residualNetwork)))
    }
    for channel in 0..<channels {
      for index in 0..<coefficients.columns {
        result[channel, index] += coefficients[channel, index]
      }
    }
    return result
  }
}
