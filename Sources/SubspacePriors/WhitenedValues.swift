import Numerics

/// What pictures have at the points of a ``SubspaceEvidence``, less what the mean picture has there, in
/// units of what is not explained by components; a column a picture.
///
/// Pictures that share their points share the work of the points, and their own becomes products of
/// matrices, which read the prior's tables once for all of them.
struct WhitenedValues: Sendable {
  /// `r = M^-1/2 (y - F mean)` along each channel axis, `[n, b]`.
  var residuals: [DoubleMatrix]
  /// `P^T r`, summed over the axes, `[J, b]`.
  let projections: DoubleMatrix

  /// - Parameters:
  ///   - axes: of the points' evidence.
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

  /// r of one picture, the axes one after the other, `[c n]`.
  func residual(of picture: Int) -> [Double] { residuals.flatMap { $0.column(picture) } }
}

extension SubspaceEvidence {
  /// The coefficients along each channel axis of pictures of given codes: the components, and the residual
  /// that residuals imply.
  ///
  /// - Parameters:
  ///   - codes: `[J, b]`.
  ///   - residuals: along each axis `[n, b]`, or one column for all codes; nil is those of the picture that
  ///     was observed.
  /// - Returns: `[c, K]` of each picture.
  func coefficients(
    _ prior: SubspacePrior, codes: DoubleMatrix, residuals: [DoubleMatrix]? = nil
  ) -> [DoubleMatrix] {
    let residuals = residuals ?? values.residuals
    let count = prior.basis.count
    let single = SingleMatrix(codes)
    var result = [DoubleMatrix](repeating: prior.mean, count: codes.columns)
    for (axis, own) in axes.enumerated() {
      let components = prior.loadings[axis].multiplied(by: single)
      var implied = DoubleMatrix(rows: count, columns: codes.columns)
      if functions.rows > 0 {
        var rest = own.loadings.multiplied(by: codes)
        let residual = residuals[axis]
        let isShared = residual.columns == 1
        for index in rest.values.indices {
          rest.values[index] =
            residual.values[isShared ? index / rest.columns : index] - rest.values[index]
        }
        implied = functions.transposedMultiplied(by: own.factor.solveUpper(rest))
      }
      let scale = prior.channelScales[axis]
      for picture in result.indices {
        for function in 0..<count {
          let place = function * codes.columns + picture
          result[picture].values[axis * count + function] +=
            Double(components.values[place])
            + scale * prior.residualVariance[function] * implied.values[place]
        }
      }
    }
    return result
  }

  /// The pictures of codes on the training grid, row-major `[size, size, c]`; parameters as of
  /// `coefficients`.
  func pictures(
    _ prior: SubspacePrior, codes: DoubleMatrix, residuals: [DoubleMatrix]? = nil
  ) -> [[Float]] {
    let turn = prior.channelAxes.transposed()
    return coefficients(prior, codes: codes, residuals: residuals).map {
      prior.basis.picture(turn.multiplied(by: $0))
    }
  }
}

extension DoubleMatrix {
  /// A matrix of columns, each of `rows` values.
  init(columns: [[Double]], rows: Int) {
    self.init(rows: rows, columns: columns.count)
    for (column, values) in columns.enumerated() {
      for (row, value) in values.enumerated() { self[row, column] = value }
    }
  }
}
