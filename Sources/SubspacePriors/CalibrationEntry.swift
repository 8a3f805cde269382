import Foundation

/// What validation pictures decided for one number of observed points.
struct CalibrationEntry: Sendable, Equatable {
  /// Number of observed points it was decided at, at least 1.
  var points: Double
  /// Share of each mixture component in the prediction, summing to 1; in the order of `SubspacePrior.mixture components`.
  var stackingWeights: [Double]
  /// How much of the network's residual network is added, at most the share of the last mixture component.
  var residualWeight = 0.0
  /// Factor on the standard deviation that makes 90% intervals hold 90%.
  var deviationScale = 1.0
  /// Power of the square root of a picture's normalized squared Mahalanobis distance in that factor.
  ///
  /// It says how far a picture that departs from the collection where it was observed does so elsewhere;
  /// 0 takes all pictures for alike.
  var mahalanobisExponent = 0.0

  /// The factor on the standard deviations of a picture of a given ``CodePosterior/normalized squared Mahalanobis distance``.
  func width(normalizedMahalanobis: Double) -> Double {
    deviationScale * pow(normalizedMahalanobis, mahalanobisExponent / 2)
  }
}

extension CalibrationEntry {
  func mixed(with other: CalibrationEntry, at wanted: Double) -> CalibrationEntry {
    let part =
      (log(wanted) - log(points)) / (log(other.points) - log(points))
    return CalibrationEntry(
      points: wanted,
      stackingWeights: zip(stackingWeights, other.stackingWeights).map {
        (1 - part) * $0 + part * $1
      },
      residualWeight: (1 - part) * residualWeight + part * other.residualWeight,
      deviationScale: (1 - part) * deviationScale + part * other.deviationScale,
      mahalanobisExponent: (1 - part) * mahalanobisExponent + part * other.mahalanobisExponent)
  }
}
