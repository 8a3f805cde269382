import Foundation
import Numerics

/// Sufficient statistics of one picture's observations for its code.
///
/// Along each channel axis the observed values are `y = F mean + F loadings code + noise'`, where F
/// `[n, K]` are the functions at the points and noise' has the covariance
/// `M = scale F diag(residual) F^T + noise`. With `P = M^-1/2 F loadings` and `r = M^-1/2 (y - F mean)`, the
/// statistics are `precision = P^T P` and `projection = P^T r`, summed over the axes: a code with prior N(m,
/// S) has the posterior precision `S^-1 + precision`.
///
/// More points than the number K of functions are first condensed to K (`PointValues.condensed`), so the
/// cost grows with the points as n K^2, not as n^3.
struct SubspaceEvidence: Sendable {
  /// `[J, J]`.
  let precision: DoubleMatrix
  /// The functions at the points, `[n, K]`; at most K points.
  let functions: DoubleMatrix
  /// Variance of each point's values around the functions, `[n]`.
  let noises: [Double]
  /// One per channel axis.
  let axes: [Axis]
  /// The values of the observed picture, one column.
  let values: WhitenedValues

  /// P^T r, `[J]`.
  var projection: [Double] { values.projections.values }

  struct Axis: Sendable {
    /// The Cholesky factor of M.
    let factor: CholeskyFactor
    /// P, `[n, J]`.
    let loadings: DoubleMatrix
  }

  /// - Parameters:
  ///   - coordinates: `[n, 2]` in -1...1.
  ///   - values: `[n, c]`, 0...1.
  ///   - counts: the number of measurements of which each value is the mean.
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
    // The axes are independent.
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

  /// The whitened values of other pictures at the same points, one column each.
  ///
  /// - Parameter pictures: the values of each, `[n, c]`, 0...1, with one row per row of `functions`; not for
  ///   condensed points.
  func whitened(_ pictures: [DoubleMatrix], _ prior: SubspacePrior) -> WhitenedValues {
    precondition(
      pictures.allSatisfy { $0.rows == functions.rows },
      "values of other than \(functions.rows) points")
    return WhitenedValues(prior, axes, functions: functions, values: pictures)
  }

  /// Whether neighbours are worth their time to a residual network.
  ///
  /// With many points they add too little.
  var isWorthNeighbours: Bool { functions.rows * axes.count <= 2 * precision.rows }

  /// Prepares the conditioning of neighbourhoods of codes on observations at these points.
  ///
  /// - Parameter forMeans: whether means without a covariance will be requested.
  func conditioning(of codes: TrainingCodes, forMeans: Bool) -> NeighbourhoodConditioning {
    NeighbourhoodConditioning(
      codes: codes, loadings: axes.map(\.loadings), precision: precision, forMeans: forMeans)
  }

  /// The contribution of one axis.
  private struct Part: Sendable {
    let axis: Axis
    let precision: DoubleMatrix
  }

  /// `F diag(residual) F^T`, `[n, n]`.
  ///
  /// In double precision: for neighbouring points that were measured often, the matrix M differs from a
  /// singular one only by a small noise.
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
