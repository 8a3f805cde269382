import Numerics
import Signals

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
