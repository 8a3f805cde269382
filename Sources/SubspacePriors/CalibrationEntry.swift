import Foundation

/// The calibration on validation pictures for one number of observed points.
struct CalibrationEntry: Sendable, Equatable {
  /// The number of observed points, at least 1.
  var points: Double
  /// Stacking weights: how much each mixture component counts in the prediction, in the order of
  /// ``SubspacePrior/mixtureComponents``; they sum to 1.
  var stackingWeights: [Double]
  /// How much of the residual network's prediction is added, at most the weight of the last mixture
  /// component.
  var residualWeight = 0.0
  /// Factor on the standard deviation with which 90% intervals hold 90% of the values.
  var deviationScale = 1.0
  /// Power of the square root of a picture's normalized squared Mahalanobis distance in that factor.
  ///
  /// A picture that departs from the collection at its observed points gets wider intervals
  /// elsewhere. An exponent of 0 gives all pictures the same factor.
  var mahalanobisExponent = 0.0

  /// The factor on the standard deviations of a picture with a given
  /// ``CodePosterior/normalizedMahalanobis``.
  func width(normalizedMahalanobis: Double) -> Double {
    deviationScale * pow(normalizedMahalanobis, mahalanobisExponent / 2)
  }

  /// The entry for a number of points between this one's and another's, linear in its logarithm.
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
