import Fields
import Foundation
import Numerics

/// What of a random picture components do not hold.
struct ResidualDraw: Sendable {
  /// Along each channel axis `[K]`.
  let residualVariance: [[Double]]
  /// Of the observed values, along each channel axis `[n]`.
  let noise: [[Double]]

  init(_ prior: SubspacePrior, _ evidence: SubspaceEvidence, _ random: inout Xoshiro256) {
    var residualVariance: [[Double]] = []
    var noise: [[Double]] = []
    for scale in prior.channelScales {
      residualVariance.append(
        prior.residualVariance.map { ($0 * scale).squareRoot() * random.normal() })
      noise.append(evidence.noises.map { $0.squareRoot() * random.normal() })
    }
    self.residualVariance = residualVariance
    self.noise = noise
  }
}

extension SubspacePosterior {
  /// Random pictures that agree with the observations; without observations, of the prior.
  ///
  /// A picture's neighbourhood is drawn by the stacking weights, its code from that neighbourhood's Gaussian,
  /// its residual and the measurement noise from theirs, and the observations then correct the
  /// residual (Matheron's rule; Journel and Huijbregts 1978). Departures from the mean are
  /// multiplied by the factor that the intervals have, so the pictures spread as `variance` says.
  /// With nothing observed the code is N(0, I) and the factor 1.
  ///
  /// - Parameters:
  ///   - count: how many, at least 0; the first ones are the same for every count.
  ///   - seed: decides them.
  /// - Returns: networks from (row, column) in -1...1 to values in -1...1.
  /// - Throws: ``PriorError/withoutUncertainty`` if something was observed and the posterior was made
  ///   without its uncertainty, ``PriorError/notFinite``, or `LinearAlgebraError`.
  public func samples(_ count: Int, seed: UInt64) throws -> [Siren] {
    let factors = try mixtureComponentFactors()
    let scale = codes == nil ? 1 : deviationScale
    return try Parallel.map(count) { index in
      var random = Xoshiro256(seed: seed, 11, UInt64(index))
      let code = drawCode(factors, &random)
      var drawn = coefficients(of: code, startingAt: ResidualDraw(prior, evidence, &random))
      drawn.add(coefficients, times: -1)
      var picture = spectrum
      for channel in 0..<drawn.rows {
        for index in 0..<drawn.columns {
          picture[channel, index] += scale * drawn[channel, index]
        }
      }
      return try prior.field(picture)
    }
  }

  /// The coefficients of a random picture: what was drawn of it, corrected by what the observations say of
  /// the residual beyond that (Matheron's rule).
  private func coefficients(
    of code: [Double], startingAt draw: ResidualDraw
  ) -> DoubleMatrix {
    var residuals = evidence.values.residuals
    for axis in residuals.indices {
      let seen = evidence.functions.multiplied(by: draw.residualVariance[axis])
      let departures = DoubleMatrix(
        columns: [zip(seen, draw.noise[axis]).map { $0 + $1 }], rows: seen.count)
      residuals[axis].add(evidence.axes[axis].factor.solveLower(departures), times: -1)
    }
    var result = evidence.coefficients(
      prior, codes: DoubleMatrix(columns: [code], rows: code.count), residuals: residuals)[0]
    for (index, value) in draw.residualVariance.joined().enumerated() {
      result.values[index] += value
    }
    return result
  }

  /// Factors of the mixture components' covariances; nil for those without a share.
  private func mixtureComponentFactors() throws -> [CholeskyFactor?] {
    guard let codes else { return [] }
    return try zip(codes.levelCovariances(), setting.stackingWeights).map { covariance, share in
      share > 0 ? try LinearAlgebra.choleskyFactor(covariance) : nil
    }
  }

  private func drawCode(_ factors: [CholeskyFactor?], _ random: inout Xoshiro256) -> [Double] {
    let chance = random.uniform()
    let normal = (0..<prior.codeLength).map { _ in random.normal() }
    guard let codes else { return normal }
    var sum = 0.0
    var chosen = setting.stackingWeights.lastIndex { $0 > 0 } ?? 0
    for (mixtureComponent, share) in setting.stackingWeights.enumerated() where share > 0 {
      sum += share
      if chance < sum {
        chosen = mixtureComponent
        break
      }
    }
    guard let factor = factors[chosen] else { return codes.means[chosen] }
    let step = factor.lowerProduct(
      DoubleMatrix(rows: normal.count, columns: 1, values: normal)
    ).values
    return zip(codes.means[chosen], step).map { $0 + $1 }
  }
}
