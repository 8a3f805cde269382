import DifferentiableCore
import Signals

/// A correction network with what it needs of its prior.
struct PictureCorrection: Sendable, Equatable {
  let network: CorrectionNetwork
  let grid: CorrectionGrid
  /// The functions of a corrected picture: the prior's own first, then the slowest of the others, since
  /// a correction knows edges that components of the collection do not hold.
  let basis: CosineBasis
  /// Whether a mirrored picture is as likely as the picture.
  private let mirrors: Bool

  /// The most functions of a corrected picture.
  private static let mostFunctions = 4_096

  /// A network for a prior's pictures; nil if their size or channels are not the network's, or if it is shown
  /// more neighbours than there are.
  init?(_ network: CorrectionNetwork, for prior: ComponentPrior) {
    let configuration = network.configuration
    guard configuration.size == prior.imageSize, configuration.channels == prior.channels,
      configuration.neighbourhood.map({ prior.levels.contains($0) }) ?? true
    else { return nil }
    self.network = network
    grid = CorrectionGrid(prior)
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

  /// The correction, of which a share is to be added.
  func correction(_ inputs: CorrectionInputs, share: Float) -> Correction {
    var result = network.correction(of: inputs, mirrors: mirrors)
    for index in result.values.indices { result.values[index] *= share }
    return result
  }
}

extension CorrectionInputs {
  /// What the network is shown of observations at any positions: values are averaged in the pixels of the
  /// training grid.
  ///
  /// - Parameter codes: with the level of the neighbours that the network is shown worked out, where these are
  ///   worth it.
  init(
    _ prior: ComponentPrior, _ correction: PictureCorrection, _ cells: ObservationCells,
    _ evidence: ComponentEvidence, _ codes: CodePosterior
  ) {
    let (size, channels) = (prior.imageSize, prior.channels)
    let shown = prior.level(shownTo: correction)
    let near = evidence.isWorthNeighbours ? shown.map { codes.means[$0] } : nil
    let pictures = evidence.pictures(
      prior,
      codes: DoubleMatrix(
        columns: [codes.collectionMean] + (near.map { [$0] } ?? []), rows: prior.codeLength))
    gaussian = pictures[0]
    deviation = correction.grid.deviation(codes.collectionCovariance)
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

extension ComponentPrior {
  /// What the prior's network is shown of some observations; nil if there is no network.
  ///
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  package func correctionInputs(
    of observations: PixelObservations, width: Int, height: Int
  ) throws -> CorrectionInputs? {
    guard let correction else { return nil }
    let cells = ObservationCells(observations, width: width, height: height)
    let evidence = try ComponentEvidence(
      self, coordinates: cells.coordinates, values: cells.values, counts: cells.counts)
    let shown = level(shownTo: correction)
    let codes = try CodePosterior(
      self, evidence, levels: levels.indices.map { $0 == shown }, withCovariance: false)
    return CorrectionInputs(self, correction, cells, evidence, codes)
  }

  /// The place in ``levels`` of the neighbours that a correction is shown; nil if it is shown none.
  func level(shownTo correction: PictureCorrection) -> Int? {
    correction.network.configuration.neighbourhood.flatMap { levels.firstIndex(of: $0) }
  }

  /// Coefficients along the channel axes in the functions of a corrected picture, `[c, K']`; the
  /// coefficients themselves if the prior has no correction.
  ///
  /// - Parameters:
  ///   - coefficients: `[c, K]`.
  ///   - correction: row-major `[size, size, c]`, or nil for none.
  func spectrum(of coefficients: DoubleMatrix, adding correction: [Float]?) -> DoubleMatrix {
    guard let wide = self.correction?.basis else { return coefficients }
    var result = DoubleMatrix(rows: channels, columns: wide.count)
    if let correction {
      result = channelAxes.multiplied(
        by: DoubleMatrix(
          rows: channels, columns: wide.count,
          values: wide.analyzer(channels: channels)(correction)))
    }
    for channel in 0..<channels {
      for index in 0..<coefficients.columns {
        result[channel, index] += coefficients[channel, index]
      }
    }
    return result
  }
}
