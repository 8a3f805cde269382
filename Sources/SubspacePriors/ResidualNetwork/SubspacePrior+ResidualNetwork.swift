import Numerics
import Signals

extension SubspacePrior {
  /// The inputs of the prior's residual network for some observations; nil if there is no network.
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

  /// The place in ``mixtureComponents`` of the neighbours that a residual network is shown; nil if it is
  /// shown none.
  func mixtureComponent(shownTo residualNetwork: PictureResidual) -> Int? {
    residualNetwork.network.configuration.neighbourhood.flatMap {
      mixtureComponents.firstIndex(of: $0)
    }
  }

  /// The picture of some coefficients with a residual network's prediction added; without a network the
  /// coefficients in the prior's own functions.
  ///
  /// - Parameters:
  ///   - coefficients: along the channel axes, `[c, K]`.
  ///   - predicted: the network's prediction, row-major `[size, size, c]`; nil for none.
  func series(of coefficients: DoubleMatrix, adding predicted: [Float]?) -> CosineSeries {
    guard let wide = residualNetwork?.basis else { return CosineSeries(coefficients, in: basis) }
    var added = DoubleMatrix(rows: channels, columns: wide.count)
    if let predicted {
      added = channelAxes.multiplied(
        by: DoubleMatrix(
          rows: channels, columns: wide.count,
          values: wide.analyzer(channels: channels)(predicted)))
    }
    // The prior's own functions are the first ones of the wider basis.
    var result = CosineSeries(added, in: wide)
    result.add(coefficients)
    return result
  }
}
