import Foundation
import ImagePriors
import Numerics

/// The code of one picture given its observations: a Gaussian for each mixture component, and their mixture.
struct CodePosterior: Sendable {
  /// The mean of each mixture component, in the order of ``SubspacePrior/mixtureComponents``.
  let means: [[Double]]
  /// The covariance of each mixture component, `[J, J]`; empty unless requested; see
  /// ``componentCovariances()``.
  private let covariances: [DoubleMatrix]
  /// Mean `[J]` and covariance `[J, J]` with the collection's Gaussian as the prior.
  let collectionMean: [Double]
  let collectionCovariance: DoubleMatrix
  /// The squared Mahalanobis distance of the observed values from the collection's Gaussian, divided by their
  /// number and limited to 0.01...100: about 1 for a picture like the collection's.
  let normalizedMahalanobis: Double

  /// - Parameters:
  ///   - prior: the prior with its codes.
  ///   - evidence: the evidence of the observations.
  ///   - mixtureComponents: the mixture components to compute; the others get the collection's mean and
  ///     covariance.
  ///   - meanOnly: a component of weight 0 of which only the mean is computed.
  ///   - withCovariance: whether to compute covariances.
  /// - Throws: `LinearAlgebraError` for values that are not finite.
  init(
    _ prior: SubspacePrior, _ evidence: SubspaceEvidence, mixtureComponents: [Bool],
    meanOnly: Int? = nil,
    withCovariance: Bool
  ) throws {
    let wide = try Self.collectionCovariance(evidence)
    let wideMean = wide.multiplied(by: evidence.projection)
    (collectionMean, collectionCovariance) = (wideMean, wide)
    let departure = evidence.values.residuals.reduce(0) {
      $0 + $1.values.reduce(0) { $0 + $1 * $1 }
    }
    let expected = zip(evidence.projection, wideMean).reduce(0) { $0 + $1.0 * $1.1 }
    let values = Double(max(1, evidence.functions.rows * evidence.axes.count))
    normalizedMahalanobis = min(max((departure - expected) / values, 0.01), 100)
    let source = try zip(prior.mixtureComponents, mixtureComponents).compactMap { $1 ? $0 : nil }
      .max().map { largest in
        let conditioning = evidence.conditioning(
          of: prior.trainingCodes, forMeans: !withCovariance || meanOnly != nil)
        let distances = try CodeDistances(conditioning, wide, hasMirror: prior.mirror != nil)
          .distances(
            residual: evidence.values.residual(of: 0), collectionMean: wideMean)
        return (
          neighbours: Neighbours(distances, codes: prior.codeCount, largest: largest),
          conditioning: conditioning
        )
      }
    // The largest neighbourhoods come last and take longest, so they are started first.
    let count = prior.mixtureComponents.count
    let results = try Parallel.map(count) {
      position -> (mean: [Double], covariance: DoubleMatrix?) in
      let index = count - 1 - position
      guard let source, let mixtureComponent = prior.mixtureComponents[index],
        mixtureComponents[index]
      else {
        return (wideMean, withCovariance ? wide : nil)
      }
      let found = try source.conditioning.posterior(
        source.neighbours.neighbourhood(effectiveCount: mixtureComponent),
        projection: evidence.projection, residual: evidence.values.residual(of: 0),
        withCovariance: withCovariance && index != meanOnly)
      return (found.mean, found.covariance ?? (withCovariance ? wide : nil))
    }.reversed()
    means = results.map(\.mean)
    covariances = results.compactMap(\.covariance)
  }

  /// The covariance of a code given the observations, with the collection's Gaussian as the prior:
  /// `(I + precision)^-1`.
  static func collectionCovariance(_ evidence: SubspaceEvidence) throws -> DoubleMatrix {
    var shifted = evidence.precision
    for index in 0..<shifted.rows { shifted[index, index] += 1 }
    return try LinearAlgebra.choleskyFactor(shifted).inverse()
  }

  /// The covariance of each mixture component.
  ///
  /// - Throws: `PriorError/withoutUncertainty` if they were not computed.
  func componentCovariances() throws -> [DoubleMatrix] {
    guard covariances.count == means.count else { throw PriorError.withoutUncertainty }
    return covariances
  }

  /// The mean of the mixture.
  func mean(_ stackingWeights: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: means[0].count)
    for (weight, mean) in zip(stackingWeights, means) where weight != 0 {
      for index in result.indices { result[index] += weight * mean[index] }
    }
    return result
  }

  /// The covariance of the mixture: the covariance within its components plus that between their
  /// means.
  ///
  /// - Throws: `PriorError/withoutUncertainty`.
  func covariance(_ stackingWeights: [Double]) throws -> DoubleMatrix {
    let covariances = try componentCovariances()
    let centre = mean(stackingWeights)
    var result = DoubleMatrix(rows: centre.count, columns: centre.count)
    for (mixtureComponent, weight) in stackingWeights.enumerated() where weight != 0 {
      result.add(covariances[mixtureComponent], times: weight)
      let away = zip(means[mixtureComponent], centre).map { $0 - $1 }
      let column = DoubleMatrix(rows: away.count, columns: 1, values: away)
      let row = DoubleMatrix(rows: 1, columns: away.count, values: away)
      result.add(column.multiplied(by: row), times: weight)
    }
    return result
  }
}
