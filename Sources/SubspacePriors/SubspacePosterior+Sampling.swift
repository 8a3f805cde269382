import Fields
import Fitting
import Foundation
import Numerics
import Signals

/// The residual of a random picture, and the noise of its observed values.
struct ResidualDraw: Sendable {
  /// Coefficients along each channel axis, `[K]`.
  let residual: [[Double]]
  /// Noise of the observed values along each channel axis, `[n]`.
  let noise: [[Double]]

  init(_ prior: SubspacePrior, _ evidence: SubspaceEvidence, _ random: inout Xoshiro256) {
    var residual: [[Double]] = []
    var noise: [[Double]] = []
    for scale in prior.channelScales {
      residual.append(
        prior.residualVariance.map { ($0 * scale).squareRoot() * random.normal() })
      noise.append(evidence.noises.map { $0.squareRoot() * random.normal() })
    }
    self.residual = residual
    self.noise = noise
  }
}

extension SubspacePosterior {
  /// Random pictures; see ``samples(_:seed:)``.
  ///
  /// - Throws: the errors of ``samples(_:seed:)``.
  public func pictures(
    _ count: Int, seed: UInt64, width: Int, height: Int
  ) throws -> [Image] {
    try samples(count, seed: seed)
      .map { FieldRenderer.image(of: $0, width: width, height: height) }
  }

  /// Random pictures that agree with the observations; without observations, of the prior.
  ///
  /// The stacking weights draw a mixture component, whose Gaussian draws the code; the residual and
  /// the measurement noise are drawn from their own Gaussians. The observations then correct the
  /// residual (Matheron's rule; Journel and Huijbregts 1978). Departures from the mean are
  /// multiplied by the intervals' factor, so the pictures spread as `variance` says. Without
  /// observations the code is N(0, I) and the factor 1.
  ///
  /// - Parameters:
  ///   - count: number of pictures, at least 0. The first ones are the same for every count.
  ///   - seed: the seed of the pictures.
  /// - Returns: networks from (row, column) in -1...1 to values in -1...1.
  /// - Throws: `PriorError/withoutUncertainty` if something was observed and the posterior was made
  ///   without its uncertainty, `PriorError/notFinite`, or `LinearAlgebraError`.
  public func samples(_ count: Int, seed: UInt64) throws -> [Siren] {
    let factors = try mixtureComponentFactors()
    let scale = codes == nil ? 1 : deviationScale
    return try Parallel.map(count) { index in
      var random = Xoshiro256(seed: seed, .posteriorSamples, UInt64(index))
      let code = drawCode(factors, &random)
      var drawn = coefficients(of: code, startingAt: ResidualDraw(prior, evidence, &random))
      drawn.add(coefficients, times: -1)
      var picture = series
      picture.add(drawn, times: scale)
      return try prior.field(picture)
    }
  }

  /// The coefficients of a random picture: a drawn code and residual, the latter corrected by the
  /// observations (Matheron's rule).
  private func coefficients(
    of code: [Double], startingAt draw: ResidualDraw
  ) -> DoubleMatrix {
    var residuals = evidence.values.residuals
    for axis in residuals.indices {
      let seen = evidence.functions.multiplied(by: draw.residual[axis])
      let departures = DoubleMatrix(
        columns: [zip(seen, draw.noise[axis]).map { $0 + $1 }], rows: seen.count)
      residuals[axis].add(evidence.axes[axis].factor.solveLower(departures), times: -1)
    }
    var result = evidence.coefficients(
      prior, codes: DoubleMatrix(columns: [code], rows: code.count), residuals: residuals)[0]
    for (index, value) in draw.residual.joined().enumerated() {
      result.values[index] += value
    }
    return result
  }

  /// Cholesky factors of the mixture components' covariances; nil for those of weight 0.
  private func mixtureComponentFactors() throws -> [CholeskyFactor?] {
    guard let codes else { return [] }
    return try zip(codes.componentCovariances(), calibration.stackingWeights).map {
      covariance, weight in
      weight > 0 ? try LinearAlgebra.choleskyFactor(covariance) : nil
    }
  }

  private func drawCode(_ factors: [CholeskyFactor?], _ random: inout Xoshiro256) -> [Double] {
    let chance = random.uniform()
    let normal = (0..<prior.codeLength).map { _ in random.normal() }
    guard let codes else { return normal }
    var sum = 0.0
    var chosen = calibration.stackingWeights.lastIndex { $0 > 0 } ?? 0
    for (mixtureComponent, weight) in calibration.stackingWeights.enumerated() where weight > 0 {
      sum += weight
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
