import DifferentiableCore
import Fields
import Foundation
import Signals

/// A picture given its observations: the field that is its mean, and how uncertain each value is.
public struct ComponentPosterior: Sendable {
  /// The mean: (row, column) in -1...1 to values in -1...1.
  public let field: Siren
  let prior: ComponentPrior
  let evidence: ComponentEvidence
  /// Nil where nothing was observed.
  let codes: CodePosterior?
  let setting: ComponentSetting
  /// Factor on every standard deviation; see ``ComponentSetting/width(surprise:)``.
  let deviationScale: Double
  /// The factors on the standard deviations that a correction gives, place by place; nil for none.
  let widening: DeviationMap?
  /// Of the mean without the correction, along each channel axis, `[c, K]`.
  let coefficients: DoubleMatrix
  /// Of the mean with the correction; see ``ComponentPrior/spectrum(of:adding:)``.
  let spectrum: DoubleMatrix

  /// - Parameters:
  ///   - prior: of the collection.
  ///   - observations: 0 or more points, values 0...1, in the prior's channels.
  ///   - width: of the picture that positions refer to, in pixels.
  ///   - height: of that picture.
  ///   - withCovariance: whether variances, next points or random pictures will be asked for.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  init(
    _ prior: ComponentPrior, _ observations: PixelObservations, width: Int, height: Int,
    withCovariance: Bool
  ) throws {
    guard observations.channels == prior.channels else {
      throw PriorError.channels(expected: prior.channels, actual: observations.channels)
    }
    let cells = ObservationCells(observations, width: width, height: height)
    guard cells.values.allSatisfy(\.isFinite) && cells.coordinates.allSatisfy(\.isFinite) else {
      throw PriorError.notFinite
    }
    self.prior = prior
    setting = prior.setting(points: cells.counts.count)
    evidence = try ComponentEvidence(
      prior, coordinates: cells.coordinates, values: cells.values, counts: cells.counts)
    var width = setting.width(surprise: 1)
    let code: [Double]
    if cells.counts.isEmpty {
      // Nothing observed: the prior's own mean and variance.
      codes = nil
      code = [Double](repeating: 0, count: prior.codeLength)
    } else {
      var levels = setting.shares.map { $0 > 0 }
      var meanOnly: Int?
      if setting.correctionShare > 0, evidence.isWorthNeighbours,
        let shown = prior.correction.flatMap({ prior.level(shownTo: $0) }), !levels[shown]
      {
        levels[shown] = true
        meanOnly = shown
      }
      let found = try CodePosterior(
        prior, evidence, levels: levels, meanOnly: meanOnly, withCovariance: withCovariance)
      codes = found
      width = setting.width(surprise: found.surprise)
      if withCovariance && prior.clusteringExponent > 0 {
        let clustering = ObservationClustering.ratio(cells.coordinates, side: prior.imageSize)
        width *= pow(clustering, prior.clusteringExponent)
      }
      code = found.mean(setting.shares)
    }
    deviationScale = width
    coefficients =
      evidence.coefficients(prior, codes: DoubleMatrix(columns: [code], rows: code.count))[0]
    var correction: Correction?
    if let codes, let network = prior.correction, setting.correctionShare > 0 {
      correction = network.correction(
        CorrectionInputs(prior, network, cells, evidence, codes),
        share: Float(setting.correctionShare))
    }
    widening = correction.map { DeviationMap(size: prior.imageSize, logarithms: $0.logarithms) }
    spectrum = prior.spectrum(of: coefficients, adding: correction?.values)
    field = try prior.field(spectrum)
  }
}
