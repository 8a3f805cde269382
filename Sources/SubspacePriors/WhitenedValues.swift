import Numerics

/// The values of pictures at the points of a ``SubspaceEvidence``, minus the mean picture's, whitened by the
/// covariance of the residual and the noise; one column per picture.
///
/// Pictures that share their points share the work that depends on the points, and the rest is products of
/// matrices, which read the prior's tables once for all pictures.
struct WhitenedValues: Sendable {
  /// `r = M^-1/2 (y - F mean)` along each channel axis, `[n, b]`.
  var residuals: [DoubleMatrix]
  /// `P^T r`, summed over the axes, `[J, b]`.
  let projections: DoubleMatrix

  /// - Parameters:
  ///   - prior: that of the evidence.
  ///   - axes: those of the points' evidence.
  ///   - functions: at the points, `[n, K]`.
  ///   - values: of each picture, `[n, c]`, 0...1.
  init(
    _ prior: SubspacePrior, _ axes: [SubspaceEvidence.Axis], functions: DoubleMatrix,
    values: [DoubleMatrix]
  ) {
    var projections = DoubleMatrix(rows: prior.codeLength, columns: values.count)
    residuals = axes.enumerated().map { axis, own in
      let expected = functions.multiplied(by: prior.meanCoefficients(axis))
      var departures = DoubleMatrix(rows: functions.rows, columns: values.count)
      for (picture, values) in values.enumerated() {
        for point in 0..<functions.rows {
          departures[point, picture] = (0..<prior.channels).reduce(-expected[point]) {
            $0 + prior.channelAxes[axis, $1] * values[point, $1]
          }
        }
      }
      let residual = own.factor.solveLower(departures)
      projections.add(own.loadings.transposedMultiplied(by: residual))
      return residual
    }
    self.projections = projections
  }

  /// `P^T r` of one picture, `[J]`.
  func projection(of picture: Int) -> [Double] { projections.column(picture) }

  /// r of one picture, one axis after the other, `[c n]`.
  func residual(of picture: Int) -> [Double] { residuals.flatMap { $0.column(picture) } }
}
