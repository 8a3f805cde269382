import Numerics

extension SubspaceEvidence {
  /// The mean coefficients, along each channel axis, of pictures with given codes: the components' part and
  /// the mean of the residual given the observations.
  ///
  /// - Parameters:
  ///   - codes: `[J, b]`.
  ///   - residuals: r along each axis, `[n, b]`, or one column for all codes; nil for the observed picture's.
  /// - Returns: `[c, K]` for each picture.
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

  /// The same as pictures on the training grid, row-major `[size, size, c]`; the parameters are those of
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
