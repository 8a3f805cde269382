import Foundation
import ImagePriors
import Numerics
import Signals

// The widths of the intervals, chosen on validation pictures.
extension SubspacePrior {
  /// Values of ``CalibrationEntry/mahalanobisExponent`` that are tried.
  private static let mahalanobisExponents = [0, 0.25, 0.5, 0.75, 1]

  /// The errors at one validation picture's unobserved values, and the quantities that widths may
  /// depend on.
  private struct IntervalErrors: GroupMessage {
    /// Absolute errors over unscaled standard deviations.
    let ratios: [Double]
    let normalizedMahalanobis: Double
    let fillDistanceRatio: Double

    init(ratios: [Double], normalizedMahalanobis: Double, fillDistanceRatio: Double) {
      self.ratios = ratios
      self.normalizedMahalanobis = normalizedMahalanobis
      self.fillDistanceRatio = fillDistanceRatio
    }

    func append(to message: inout GroupBytes) {
      ratios.append(to: &message)
      [normalizedMahalanobis, fillDistanceRatio].append(to: &message)
    }

    init?(from message: inout GroupBytes) {
      guard let ratios = [Double](from: &message), let rest = [Double](from: &message),
        rest.count == 2
      else { return nil }
      self.init(ratios: ratios, normalizedMahalanobis: rest[0], fillDistanceRatio: rest[1])
    }
  }

  /// A calibration entry with interval widths: the Mahalanobis exponent that makes the errors most likely,
  /// and the factor with which 90% of the values then lie in their central 90% interval.
  ///
  /// - Parameters:
  ///   - entry: the entry with everything else.
  ///   - pictures: validation pictures.
  ///   - points: number of observed random pixels of each.
  ///   - seed: the seed of these pixels.
  ///   - targets: ``gridTargets``.
  func calibratingWidth(
    of entry: CalibrationEntry, _ pictures: [Image], _ points: Int, _ seed: UInt64,
    _ targets: PriorTargets
  ) throws -> CalibrationEntry {
    let errors = try intervalErrors(pictures, points, seed, .random, targets, entry)
    guard errors.contains(where: { !$0.ratios.isEmpty }) else { return entry }
    var best = (entry: entry, loss: Double.infinity)
    for exponent in Self.mahalanobisExponents {
      var candidate = entry
      candidate.mahalanobisExponent = exponent
      candidate.deviationScale = 1
      let reach = Self.reach(errors, candidate)
      candidate.deviationScale = min(max(reach, 0.1), 10)
      // The negative log likelihood of a normal distribution, without constants.
      var loss = 0.0
      for picture in errors {
        let width = candidate.width(normalizedMahalanobis: picture.normalizedMahalanobis)
        loss += picture.ratios.reduce(0) { $0 + 0.5 * ($1 / width) * ($1 / width) + log(width) }
      }
      if loss < best.loss { best = (candidate, loss) }
    }
    return best.entry
  }

  /// The power of the fill-distance ratio with which intervals hold 90% under masks of other kinds than random
  /// pixels too.
  ///
  /// It is the slope of a line through the origin: the logarithm of the missing factor against the logarithm
  /// of the fill-distance ratio.
  ///
  /// - Parameters:
  ///   - pictures: validation pictures.
  ///   - seed: the seed of the masks.
  ///   - targets: ``gridTargets``.
  func fillDistanceExponent(
    on pictures: [Image], seed: UInt64, _ targets: PriorTargets
  ) throws -> Double {
    var (along, square) = (0.0, 0.0)
    for kind in MaskKind.allCases where kind != .random {
      let points = imageSize * imageSize / 2
      let entry = calibration(points: points)
      let errors = try intervalErrors(pictures, points, seed, kind, targets, entry)
      guard errors.contains(where: { !$0.ratios.isEmpty }) else { continue }
      let logRatio = errors.reduce(0) { $0 + log($1.fillDistanceRatio) } / Double(errors.count)
      along += logRatio * log(max(Self.reach(errors, entry), 1e-3))
      square += logRatio * logRatio
    }
    return square > 0 ? min(max(along / square, 0), 1) : 0
  }

  /// The factor on the widths with which 90% of the values lie in their 90% interval.
  private static func reach(_ errors: [IntervalErrors], _ entry: CalibrationEntry) -> Double {
    let scaled = errors.flatMap { picture in
      let width = entry.width(normalizedMahalanobis: picture.normalizedMahalanobis)
      return picture.ratios.map { $0 / width }
    }.sorted()
    return scaled[min(scaled.count - 1, Int(0.9 * Double(scaled.count)))] / Calibration.reach90
  }

  /// The errors on validation pictures under masks of one kind, in unscaled standard deviations.
  private func intervalErrors(
    _ pictures: [Image], _ points: Int, _ seed: UInt64, _ kind: MaskKind,
    _ targets: PriorTargets, _ entry: CalibrationEntry
  ) throws -> [IntervalErrors] {
    var plain = entry
    plain.deviationScale = 1
    plain.mahalanobisExponent = 0
    var candidate = self
    candidate.calibration = [plain]
    candidate.fillDistanceExponent = 0
    let prior = candidate
    return try WorkGroup.current.map(pictures.count) { index in
      let mask = RandomContext.mask(
        for: pictures[index], imageIndex: index, count: points, seed: seed, kind: kind)
      let observations = mask.observations(of: pictures[index])
      let posterior = try SubspacePosterior(
        prior, observations, width: imageSize, height: imageSize, withCovariance: true)
      let variance = try posterior.variance(at: targets)
      let image = posterior.image(width: imageSize, height: imageSize)
      let missing = mask.missing
      let ratios = image.values.indices.filter { missing[$0 / channels] }.map { place in
        let away = Double(image.values[place] - pictures[index].values[place])
        return abs(away) / max(Double(variance[place]), Calibration.smallestVariance).squareRoot()
      }
      return IntervalErrors(
        ratios: ratios, normalizedMahalanobis: posterior.codes?.normalizedMahalanobis ?? 1,
        fillDistanceRatio: FillDistance.ratio(
          CoordinateGrid.points(of: observations, height: imageSize, width: imageSize),
          side: imageSize))
    }
  }
}
