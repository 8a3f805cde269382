import Foundation
import ImagePriors
import Numerics
import Signals

/// How wide intervals must be, decided on validation pictures.
extension SubspacePrior {
  /// Powers of the normalized squared Mahalanobis distance that are tried.
  private static let mahalanobisExponents = [0, 0.25, 0.5, 0.75, 1]

  /// The errors of one validation picture's unobserved values, and what is known of their size.
  private struct ObservedIntervals: Sendable {
    /// Absolute errors over unscaled standard deviations.
    let ratios: [Double]
    let normalizedMahalanobis: Double
    let fillDistanceRatio: Double
  }

  /// The setting with the power of the normalized squared Mahalanobis distance that makes the errors likeliest, and the factor with which
  /// 90% of the values lie in their central 90% interval then.
  ///
  /// - Parameter targets: ``gridTargets``.
  func settingWidth(
    _ setting: CalibrationEntry, _ pictures: [Image], _ points: Int, _ seed: UInt64,
    _ targets: PriorTargets
  ) throws -> CalibrationEntry {
    let judged = try judge(pictures, points, seed, .random, targets, setting: setting)
    guard judged.contains(where: { !$0.ratios.isEmpty }) else { return setting }
    var best = (setting: setting, loss: Double.infinity)
    for exponent in Self.mahalanobisExponents {
      var candidate = setting
      candidate.mahalanobisExponent = exponent
      candidate.deviationScale = 1
      let reach = Self.reach(judged, candidate)
      candidate.deviationScale = min(max(reach, 0.1), 10)
      // The negative log likelihood of a normal distribution, but for constants.
      var loss = 0.0
      for picture in judged {
        let width = candidate.width(normalizedMahalanobis: picture.normalizedMahalanobis)
        loss += picture.ratios.reduce(0) { $0 + 0.5 * ($1 / width) * ($1 / width) + log(width) }
      }
      if loss < best.loss { best = (candidate, loss) }
    }
    return best.setting
  }

  /// The power of the fill-distance ratio with which intervals under blocks, strokes and halves hold 90% too: a
  /// line through the origin of the factor's logarithm against the fill-distance ratio's.
  ///
  /// - Parameter targets: ``gridTargets``.
  func fillDistanceExponent(
    judgedBy pictures: [Image], seed: UInt64, _ targets: PriorTargets
  ) throws -> Double {
    var (along, square) = (0.0, 0.0)
    for kind in MaskKind.allCases where kind != .random {
      let points = imageSize * imageSize / 2
      let setting = setting(points: points)
      let judged = try judge(pictures, points, seed, kind, targets, setting: setting)
      guard judged.contains(where: { !$0.ratios.isEmpty }) else { continue }
      let fillDistanceRatio =
        judged.reduce(0) { $0 + log($1.fillDistanceRatio) } / Double(judged.count)
      along += fillDistanceRatio * log(max(Self.reach(judged, setting), 1e-3))
      square += fillDistanceRatio * fillDistanceRatio
    }
    return square > 0 ? min(max(along / square, 0), 1) : 0
  }

  /// The factor that is missing where 90% of the values shall lie in their 90% interval.
  private static func reach(_ judged: [ObservedIntervals], _ setting: CalibrationEntry) -> Double {
    let scaled = judged.flatMap { picture in
      let width = setting.width(normalizedMahalanobis: picture.normalizedMahalanobis)
      return picture.ratios.map { $0 / width }
    }.sorted()
    return scaled[min(scaled.count - 1, Int(0.9 * Double(scaled.count)))] / Calibration.reach90
  }

  /// How far unscaled intervals are from the errors, on validation pictures under masks of one kind.
  private func judge(
    _ pictures: [Image], _ points: Int, _ seed: UInt64, _ kind: MaskKind,
    _ targets: PriorTargets, setting: CalibrationEntry
  ) throws -> [ObservedIntervals] {
    var plain = setting
    plain.deviationScale = 1
    plain.mahalanobisExponent = 0
    var candidate = self
    candidate.settings = [plain]
    candidate.fillDistanceExponent = 0
    let prior = candidate
    return try Parallel.map(pictures.count) { index in
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
      return ObservedIntervals(
        ratios: ratios, normalizedMahalanobis: posterior.codes?.normalizedMahalanobis ?? 1,
        fillDistanceRatio: FillDistance.ratio(
          CoordinateGrid.points(of: observations, height: imageSize, width: imageSize),
          side: imageSize))
    }
  }
}
