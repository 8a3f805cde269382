import Fields
import Foundation
import ImagePriors
import Numerics
import Signals

/// The posterior of a picture given its observations: the mean as a field, and the uncertainty of
/// each value.
public struct SubspacePosterior: ImagePosterior {
  /// The mean: (row, column) in -1...1 to values in -1...1.
  public let field: Siren
  /// The same.
  public var network: Siren? { field }
  let prior: SubspacePrior
  let evidence: SubspaceEvidence
  /// Nil without observations.
  let codes: CodePosterior?
  /// The calibration for this number of observed points.
  let calibration: CalibrationEntry
  /// Factor on every standard deviation; see ``CalibrationEntry/width(normalizedMahalanobis:)``.
  let deviationScale: Double
  /// Factors on the standard deviations from the residual network, one per pixel; nil without a network.
  let widening: DeviationMap?
  /// Coefficients of the mean without the residual network, along each channel axis, `[c, K]`.
  let coefficients: DoubleMatrix
  /// The mean with the residual network; see ``SubspacePrior/series(of:adding:)``.
  let series: CosineSeries
  /// The pixels of a picture of the prior's size, if they were prepared for many posteriors.
  var gridTargets: PriorTargets?

  /// Computes the posterior in four steps.
  ///
  /// It conditions the code on the observations, calibrates the intervals, evaluates the residual
  /// network, and makes the field of the sum.
  ///
  /// - Parameters:
  ///   - prior: the prior of the collection.
  ///   - observations: 0 or more points, values 0...1, in the prior's channels.
  ///   - width: width in pixels of the picture to which positions refer.
  ///   - height: height of that picture in pixels.
  ///   - withCovariance: whether variances, samples or next points will be requested.
  /// - Throws: `PriorError`, or `LinearAlgebraError` for values that are not finite.
  init(
    _ prior: SubspacePrior, _ observations: PixelObservations, width: Int, height: Int,
    withCovariance: Bool
  ) throws {
    let cells = try Self.cells(of: observations, for: prior, width: width, height: height)
    self.prior = prior
    calibration = prior.calibration(points: cells.counts.count)
    (evidence, codes) = try Self.condition(
      prior, on: cells, calibration, withCovariance: withCovariance)
    deviationScale = Self.calibratedScale(
      prior, cells, calibration, codes, withCovariance: withCovariance)
    let predicted = codes.flatMap { [evidence, calibration] codes in
      Self.predictedResidual(prior, cells, evidence, codes, calibration)
    }
    widening = predicted.map {
      DeviationMap(size: prior.imageSize, logarithms: $0.logarithms)
    }
    // Without observations the code is 0, which is the mean picture.
    let code =
      codes?.mean(calibration.stackingWeights) ?? [Double](repeating: 0, count: prior.codeLength)
    coefficients =
      evidence.coefficients(prior, codes: DoubleMatrix(columns: [code], rows: code.count))[0]
    series = prior.series(of: coefficients, adding: predicted?.values)
    field = try prior.field(series)
  }

  /// The observations as the closed form takes them, checked.
  private static func cells(
    of observations: PixelObservations, for prior: SubspacePrior, width: Int, height: Int
  ) throws -> ObservationCells {
    guard observations.channels == prior.channels else {
      throw PriorError.channels(expected: prior.channels, actual: observations.channels)
    }
    let cells = ObservationCells(observations, width: width, height: height)
    guard cells.values.allSatisfy(\.isFinite) && cells.coordinates.allSatisfy(\.isFinite) else {
      throw PriorError.notFinite
    }
    return cells
  }

  /// First step: the code given the observations, in the mixture components that have a weight or that
  /// the residual network is shown; no code where nothing was observed.
  private static func condition(
    _ prior: SubspacePrior, on cells: ObservationCells, _ calibration: CalibrationEntry,
    withCovariance: Bool
  ) throws -> (SubspaceEvidence, CodePosterior?) {
    let evidence = try SubspaceEvidence(
      prior, coordinates: cells.coordinates, values: cells.values, counts: cells.counts)
    guard !cells.counts.isEmpty else { return (evidence, nil) }
    var mixtureComponents = calibration.stackingWeights.map { $0 > 0 }
    var meanOnly: Int?
    if calibration.residualWeight > 0, evidence.isWorthNeighbours,
      let shown = prior.residualNetwork.flatMap({ prior.mixtureComponent(shownTo: $0) }),
      !mixtureComponents[shown]
    {
      mixtureComponents[shown] = true
      meanOnly = shown
    }
    let codes = try CodePosterior(
      prior, evidence, mixtureComponents: mixtureComponents, meanOnly: meanOnly,
      withCovariance: withCovariance)
    return (evidence, codes)
  }

  /// Second step: the factor on the standard deviations that gives intervals their nominal
  /// coverage.
  private static func calibratedScale(
    _ prior: SubspacePrior, _ cells: ObservationCells, _ calibration: CalibrationEntry,
    _ codes: CodePosterior?, withCovariance: Bool
  ) -> Double {
    guard let codes else { return calibration.width(normalizedMahalanobis: 1) }
    let scale = calibration.width(normalizedMahalanobis: codes.normalizedMahalanobis)
    guard withCovariance && prior.fillDistanceExponent > 0 else { return scale }
    let ratio = FillDistance.ratio(cells.coordinates, side: prior.imageSize)
    return scale * pow(ratio, prior.fillDistanceExponent)
  }

  /// Third step: the residual network's addition to the mean; nil if there is none.
  private static func predictedResidual(
    _ prior: SubspacePrior, _ cells: ObservationCells, _ evidence: SubspaceEvidence,
    _ codes: CodePosterior, _ calibration: CalibrationEntry
  ) -> ResidualPrediction? {
    guard let network = prior.residualNetwork, calibration.residualWeight > 0 else { return nil }
    return network.residual(
      ResidualInputs(prior, network, cells, evidence, codes),
      weight: Float(calibration.residualWeight))
  }
}
