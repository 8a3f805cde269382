import Fields
import Foundation
import ImagePriors
import Numerics
import Signals

/// A picture given its observations: the field that is its mean, and how uncertain each value is.
public struct SubspacePosterior: ImagePosterior {
  /// The mean: (row, column) in -1...1 to values in -1...1.
  public let field: Siren
  let prior: SubspacePrior
  let evidence: SubspaceEvidence
  /// Nil where nothing was observed.
  let codes: CodePosterior?
  let setting: CalibrationEntry
  /// Factor on every standard deviation; see ``CalibrationEntry/width(normalized squared Mahalanobis distance:)``.
  let deviationScale: Double
  /// The factors on the standard deviations that a residual network gives, place by place; nil for none.
  let widening: DeviationMap?
  /// Of the mean without the residual network, along each channel axis, `[c, K]`.
  let coefficients: DoubleMatrix
  /// Of the mean with the residual network; see ``SubspacePrior/spectrum(of:adding:)``.
  let spectrum: DoubleMatrix
  /// The pixels of a picture of the prior's size, where they were prepared for many posteriors.
  var gridTargets: PriorTargets?

  /// - Parameters:
  ///   - prior: of the collection.
  ///   - observations: 0 or more points, values 0...1, in the prior's channels.
  ///   - width: of the picture that positions refer to, in pixels.
  ///   - height: of that picture.
  ///   - withCovariance: whether variances or next points will be asked for.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  init(
    _ prior: SubspacePrior, _ observations: PixelObservations, width: Int, height: Int,
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
    evidence = try SubspaceEvidence(
      prior, coordinates: cells.coordinates, values: cells.values, counts: cells.counts)
    var width = setting.width(normalizedMahalanobis: 1)
    let code: [Double]
    if cells.counts.isEmpty {
      // Nothing observed: the prior's own mean and variance.
      codes = nil
      code = [Double](repeating: 0, count: prior.codeLength)
    } else {
      var mixtureComponents = setting.stackingWeights.map { $0 > 0 }
      var meanOnly: Int?
      if setting.residualWeight > 0, evidence.isWorthNeighbours,
        let shown = prior.residualNetwork.flatMap({ prior.mixtureComponent(shownTo: $0) }),
        !mixtureComponents[shown]
      {
        mixtureComponents[shown] = true
        meanOnly = shown
      }
      let found = try CodePosterior(
        prior, evidence, mixtureComponents: mixtureComponents, meanOnly: meanOnly,
        withCovariance: withCovariance)
      codes = found
      width = setting.width(normalizedMahalanobis: found.normalizedMahalanobis)
      if withCovariance && prior.fillDistanceExponent > 0 {
        let fillDistanceRatio = FillDistance.ratio(cells.coordinates, side: prior.imageSize)
        width *= pow(fillDistanceRatio, prior.fillDistanceExponent)
      }
      code = found.mean(setting.stackingWeights)
    }
    deviationScale = width
    coefficients =
      evidence.coefficients(prior, codes: DoubleMatrix(columns: [code], rows: code.count))[0]
    var residualNetwork: ResidualPrediction?
    if let codes, let network = prior.residualNetwork, setting.residualWeight > 0 {
      residualNetwork = network.residual(
        ResidualInputs(prior, network, cells, evidence, codes),
        share: Float(setting.residualWeight))
    }
    widening = residualNetwork.map {
      DeviationMap(size: prior.imageSize, logarithms: $0.logarithms)
    }
    spectrum = prior.spectrum(of: coefficients, adding: residualNetwork?.values)
    field = try prior.field(spectrum)
  }
}
