import Fields
import Fitting
import Foundation
import ImagePriors
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
  /// Random pictures, which spread as ``variance(width:height:)`` says; see ``samples(_:seed:)``.
  ///
  /// With a residual network the departures from the mean are also multiplied by its factor for each pixel.
  ///
  /// - Throws: the errors of ``samples(_:seed:)``.
  public func pictures(
    _ count: Int, seed: UInt64, width: Int, height: Int
  ) throws -> [Image] {
    guard widening != nil else {
      return try samples(count, seed: seed)
        .map { FieldRenderer.image(of: $0, width: width, height: height) }
    }
    return try widenedSamples(count, seed: seed, width: width, height: height).map { values in
      Image(
        width: width, height: height, channels: prior.channels,
        values: values.map { min(1, max(0, $0)) })
    }
  }

  /// The values of random pictures with the residual network's factors, not clipped.
  ///
  /// - Returns: of each picture `[height, width, c]`, row-major, for values 0...1.
  /// - Throws: the errors of ``samples(_:seed:)``.
  package func widenedSamples(
    _ count: Int, seed: UInt64, width: Int, height: Int
  ) throws -> [[Float]] {
    let factors = widening?.factors(at: CoordinateGrid.points(height: height, width: width))
    let mean = values(of: series, width: width, height: height)
    let drawn = try draws(count, seed: seed)
    return try Parallel.map(count) { index in
      var picture = values(of: drawn[index], width: width, height: height)
      for place in picture.indices {
        let factor = Float(factors?[place / prior.channels] ?? 1)
        picture[place] = mean[place] + factor * (picture[place] - mean[place])
      }
      guard picture.allSatisfy(\.isFinite) else { throw PriorError.notFinite }
      return picture
    }
  }

  /// Random pictures that agree with the observations; without observations, of the prior.
  ///
  /// The stacking weights draw a mixture component, whose Gaussian draws the code; the residual and
  /// the measurement noise are drawn from their own Gaussians. The observations then correct the
  /// residual (Matheron's rule; Journel and Huijbregts 1978). Departures from the mean are
  /// multiplied by the intervals' factor, so the pictures spread as `variance` says. A
  /// residual network's factors are left out, because they differ from pixel to pixel, which a sum of cosines does
  /// not; see ``pictures(_:seed:width:height:)``. Without observations the code is N(0, I) and the factor 1.
  ///
  /// - Parameters:
  ///   - count: number of pictures, at least 0. The first ones are the same for every count.
  ///   - seed: the seed of the pictures.
  /// - Returns: networks from (row, column) in -1...1 to values in -1...1.
  /// - Throws: `PriorError/withoutUncertainty` if something was observed and the posterior was made
  ///   without its uncertainty, `PriorError/notFinite`, or `LinearAlgebraError`.
  public func samples(_ count: Int, seed: UInt64) throws -> [Siren] {
    let drawn = try draws(count, seed: seed)
    return try Parallel.map(count) { try prior.field(drawn[$0]) }
  }

  /// Random pictures as sums of cosines.
  private func draws(_ count: Int, seed: UInt64) throws -> [CosineSeries] {
    let factors = try mixtureComponentFactors()
    let scale = codes == nil ? 1 : deviationScale
    return Parallel.map(count) { index in
      var random = Xoshiro256(seed: seed, .posteriorSamples, UInt64(index))
      let code = drawCode(factors, &random)
      var drawn = coefficients(of: code, startingAt: ResidualDraw(prior, evidence, &random))
      drawn.add(coefficients, times: -1)
      var picture = series
      picture.add(drawn, times: scale)
      return picture
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
