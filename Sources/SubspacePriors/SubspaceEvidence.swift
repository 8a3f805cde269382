import Foundation
import Numerics

/// What the observations of one picture say about its code, as sufficient statistics.
///
/// Along channel axis e the observed values are `y = F mean + F loadings code + noise'`, where F
/// `[n, K]` are the functions at the points and noise' has the covariance
/// `M = scale F diag(residual) F^T + noise`. With `P = M^-1/2 F loadings` and `r = M^-1/2 (y - F
/// mean)`, all that matters of the code is `precision = P^T P` and `projection = P^T r`, summed over
/// the axes: a code with prior N(m, S) has the posterior precision `S^-1 + precision`.
///
/// Points beyond the number K of functions are first put together into K (`PointValues.condensed`), so
/// the cost grows with the points as n K^2, not as n^3.
struct SubspaceEvidence: Sendable {
  /// `[J, J]`.
  let precision: DoubleMatrix
  /// The functions at the points, `[n, K]`; at most K points.
  let functions: DoubleMatrix
  /// Variance of each point's values around the functions, `[n]`.
  let noises: [Double]
  /// One a channel axis.
  let axes: [Axis]
  /// Of the picture that was observed, one column.
  let values: WhitenedValues

  /// P^T r, `[J]`.
  var projection: [Double] { values.projections.values }

  struct Axis: Sendable {
    /// Of M.
    let factor: CholeskyFactor
    /// P, `[n, J]`.
    let loadings: DoubleMatrix
  }

  /// - Parameters:
  ///   - coordinates: `[n, 2]` in -1...1.
  ///   - values: `[n, c]`, 0...1.
  ///   - counts: how many measurements each value is the mean of.
  init(
    _ prior: SubspacePrior, coordinates: [Float], values: [Double], counts: [Double]
  ) throws {
    let seen = try PointValues(
      functions: prior.basis.values(at: coordinates),
      values: DoubleMatrix(rows: counts.count, columns: prior.channels, values: values),
      counts: counts
    ).condensed()
    let (functions, points) = (seen.functions, seen.counts.count)
    let single = SingleMatrix(functions)
    let kernel = Self.kernel(functions, prior.residualVariance)
    let noises = seen.counts.map { prior.noise / $0 }
    // Axes share nothing but what they read.
    let parts = try Parallel.map(prior.channels) { axis -> Part in
      var covariance = kernel
      for index in covariance.values.indices {
        covariance.values[index] *= prior.channelScales[axis]
      }
      for point in 0..<points { covariance[point, point] += noises[point] }
      let factor = try LinearAlgebra.choleskyFactor(covariance)
      let loadings = factor.solveLower(
        DoubleMatrix(single.multiplied(by: prior.loadings[axis])))
      return Part(
        axis: Axis(factor: factor, loadings: loadings), precision: loadings.gram())
    }
    var precision = DoubleMatrix(rows: prior.codeLength, columns: prior.codeLength)
    for part in parts { precision.add(part.precision) }
    self.precision = precision
    self.functions = functions
    self.noises = noises
    axes = parts.map(\.axis)
    self.values = WhitenedValues(prior, axes, functions: functions, values: [seen.values])
  }

  /// What other pictures have at the same points, a column each.
  ///
  /// - Parameter pictures: `[n, c]` of each, 0...1, a row for each row of `functions`; points that were
  ///   put together have none.
  func whitened(_ pictures: [DoubleMatrix], _ prior: SubspacePrior) -> WhitenedValues {
    precondition(
      pictures.allSatisfy { $0.rows == functions.rows },
      "values of other than \(functions.rows) points")
    return WhitenedValues(prior, axes, functions: functions, values: pictures)
  }

  /// Whether a residual network is shown what neighbours make of the points: of many points, which say more than
  /// neighbours do, it is worth less than the time it takes.
  var isWorthNeighbours: Bool { functions.rows * axes.count <= 2 * precision.rows }

  /// What conditions neighbourhoods of codes on observations at these points.
  ///
  /// - Parameter forMeans: whether means will be asked for without a covariance.
  func conditioning(of codes: TrainingCodes, forMeans: Bool) -> NeighbourhoodConditioning {
    NeighbourhoodConditioning(
      codes: codes, loadings: axes.map(\.loadings), precision: precision, forMeans: forMeans)
  }

  /// What one axis adds to the whole.
  private struct Part: Sendable {
    let axis: Axis
    let precision: DoubleMatrix
  }

  /// `F diag(residual) F^T`, `[n, n]`; in double precision, since points that lie side by side and were
  /// measured often leave nothing but a small noise between it and a singular matrix.
  private static func kernel(_ functions: DoubleMatrix, _ residualVariance: [Double])
    -> DoubleMatrix
  {
    let roots = residualVariance.map { $0.squareRoot() }
    var weighted = functions
    weighted.values.withUnsafeMutableBufferPointer { values in
      for start in stride(from: 0, to: values.count, by: roots.count) {
        for index in roots.indices { values[start + index] *= roots[index] }
      }
    }
    return weighted.rowGram()
  }
}

extension SubspacePrior {
  /// Coefficients of the mean picture along a channel axis, `[K]`.
  func meanCoefficients(_ axis: Int) -> [Double] {
    Array(mean.values[axis * basis.count..<(axis + 1) * basis.count])
  }
}
