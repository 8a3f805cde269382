import DifferentiableCore
import Foundation

/// The code of one picture given its observations: a Gaussian for each level of neighbourhood, and
/// their mixture.
struct CodePosterior: Sendable {
  /// The mean of each level, in the order of `ComponentPrior.levels`.
  let means: [[Double]]
  /// The covariance of each level, `[J, J]`; empty unless asked for.
  let covariances: [DoubleMatrix]

  /// How much of a neighbourhood's covariance is replaced by the collection's, 0...1: a
  /// neighbourhood of some hundred codes says nothing about most directions (0.1 and 0.3 measured
  /// alike).
  private static let globalShare = 0.2

  /// - Parameters:
  ///   - prior: with its codes.
  ///   - evidence: what was observed.
  ///   - levels: which of the prior's levels are worked out; the others get the mean of the last one.
  ///   - withCovariance: whether covariances are wanted.
  init(
    _ prior: ComponentPrior, _ evidence: ComponentEvidence, levels: [Bool], withCovariance: Bool
  ) throws {
    let order = prior.codeLength
    var shifted = evidence.precision
    for index in 0..<order { shifted[index, index] += 1 }
    let wide = try LinearAlgebra.choleskyFactor(shifted).solve(DoubleMatrix.identity(order))
    let wideMean = wide.multiplied(by: evidence.projection)
    let neighbours = Neighbours(
      prior, evidence, wide, wideMean,
      largest: zip(prior.levels, levels).compactMap { $1 ? $0 : nil }.max() ?? 0)
    var means: [[Double]] = []
    var covariances: [DoubleMatrix] = []
    for (index, level) in prior.levels.enumerated() {
      guard let level, levels[index] else {
        means.append(wideMean)
        if withCovariance { covariances.append(wide) }
        continue
      }
      let (centre, covariance) = neighbours.gaussian(
        effectiveCount: level, globalShare: Self.globalShare)
      // (S^-1 + G)^-1, both positive definite.
      var total = try LinearAlgebra.choleskyFactor(covariance).solve(DoubleMatrix.identity(order))
      total.add(evidence.precision)
      let factor = try LinearAlgebra.choleskyFactor(total)
      let explained = evidence.precision.multiplied(by: centre)
      let step = factor.solve(zip(evidence.projection, explained).map { $0 - $1 })
      means.append(zip(centre, step).map { $0 + $1 })
      if withCovariance { covariances.append(factor.solve(DoubleMatrix.identity(order))) }
    }
    self.means = means
    self.covariances = covariances
  }

  /// The mean of the mixture.
  func mean(_ shares: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: means[0].count)
    for (share, mean) in zip(shares, means) where share != 0 {
      for index in result.indices { result[index] += share * mean[index] }
    }
    return result
  }

  /// The covariance of the mixture: within the levels and between them.
  func covariance(_ shares: [Double]) -> DoubleMatrix {
    let centre = mean(shares)
    var result = DoubleMatrix(rows: centre.count, columns: centre.count)
    for (level, share) in shares.enumerated() where share != 0 {
      result.add(covariances[level], times: share)
      let away = zip(means[level], centre).map { $0 - $1 }
      let column = DoubleMatrix(rows: away.count, columns: 1, values: away)
      let row = DoubleMatrix(rows: 1, columns: away.count, values: away)
      result.add(column.multiplied(by: row), times: share)
    }
    return result
  }
}

/// The training codes, sorted by how well they explain the observations.
///
/// A code's distance is the observations' squared Mahalanobis distance from it, in the metric of
/// the collection's predictive covariance `C = P P^T + I`: with `A = I + precision` it is, up to a
/// constant, `code^T (I - A^-1) code - 2 code^T A^-1 projection`.
private struct Neighbours {
  /// Sorted codes, mirrored ones included, `[m, J]`, and their distances from the first one.
  let codes: DoubleMatrix
  let distances: [Double]

  /// Codes beyond this multiple of the largest neighbourhood carry no weight worth the time.
  private static let reach = 4.0

  init(
    _ prior: ComponentPrior, _ evidence: ComponentEvidence, _ wide: DoubleMatrix,
    _ wideMean: [Double], largest: Double
  ) {
    guard largest > 0 else {
      codes = DoubleMatrix(rows: 0, columns: prior.codeLength)
      distances = []
      return
    }
    let order = prior.codeLength
    var metric = DoubleMatrix.identity(order)
    metric.add(wide, times: -1)
    var found: [(distance: Double, code: Int, mirrored: Bool)] = []
    for mirrored in prior.mirror == nil ? [false] : [false, true] {
      let signs = mirrored ? prior.mirror ?? [] : [Double](repeating: 1, count: order)
      var turned = metric
      for row in 0..<order {
        for column in 0..<order {
          turned.values[row * order + column] *= signs[row] * signs[column]
        }
      }
      let target = zip(wideMean, signs).map { $0 * $1 }
      let products = prior.codes.multiplied(by: turned)
      for code in 0..<prior.codes.rows {
        var distance = 0.0
        for index in 0..<order {
          let value = prior.codes.values[code * order + index]
          distance += value * (products.values[code * order + index] - 2 * target[index])
        }
        found.append((distance, code, mirrored))
      }
    }
    found.sort {
      ($0.distance, $0.code, $0.mirrored ? 1 : 0) < ($1.distance, $1.code, $1.mirrored ? 1 : 0)
    }
    let kept = found.prefix(min(found.count, Int(Self.reach * largest)))
    var values: [Double] = []
    values.reserveCapacity(kept.count * order)
    for entry in kept {
      for index in 0..<order {
        let value = prior.codes.values[entry.code * order + index]
        values.append(entry.mirrored ? value * (prior.mirror?[index] ?? 1) : value)
      }
    }
    codes = DoubleMatrix(rows: kept.count, columns: order, values: values)
    distances = kept.map { $0.distance - (kept.first?.distance ?? 0) }
  }

  /// Mean and covariance of the codes with weights `exp(-t distance)`, t such that they count for
  /// a number of codes (1 / sum of squared weights).
  func gaussian(
    effectiveCount: Double, globalShare: Double
  ) -> (mean: [Double], covariance: DoubleMatrix) {
    let order = codes.columns
    let weights = weights(effectiveCount: effectiveCount)
    var mean = [Double](repeating: 0, count: order)
    for (row, weight) in weights.enumerated() {
      for index in 0..<order { mean[index] += weight * codes.values[row * order + index] }
    }
    var centred = DoubleMatrix(rows: weights.count, columns: order)
    for (row, weight) in weights.enumerated() {
      let root = ((1 - globalShare) * weight).squareRoot()
      for index in 0..<order {
        centred.values[row * order + index] =
          root * (codes.values[row * order + index] - mean[index])
      }
    }
    var covariance = centred.transposedMultiplied(by: centred)
    for index in 0..<order { covariance[index, index] += globalShare }
    return (mean, covariance)
  }

  /// Normalized weights of the nearest codes.
  private func weights(effectiveCount: Double) -> [Double] {
    let kept = distances.prefix(Int(Self.reach * effectiveCount))
    var (low, high) = (-20.0, 20.0)
    var weights: [Double] = []
    // Bisection of the logarithm of t: the effective number falls as t grows.
    for _ in 0..<32 {
      let middle = (low + high) / 2
      let sharpness = exp(middle)
      weights = kept.map { exp(-sharpness * $0) }
      let total = weights.reduce(0, +)
      weights = weights.map { $0 / total }
      let effective = 1 / weights.reduce(0, { $0 + $1 * $1 })
      if abs(effective - effectiveCount) < 0.002 * effectiveCount { break }
      if effective > effectiveCount {
        low = middle
      } else {
        high = middle
      }
    }
    return weights
  }
}
