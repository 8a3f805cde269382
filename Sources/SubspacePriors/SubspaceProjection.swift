import ImagePriors
import Numerics

/// The projection of pictures onto principal components, and the variance of the residual.
struct SubspaceProjection: Sendable {
  let basis: CosineBasis
  /// `[c, K]`, in the picture's own channels.
  let mean: DoubleMatrix
  /// Orthonormal columns, `[cK, J]`.
  let vectors: DoubleMatrix
  /// Variance along each, above 0.
  let values: [Double]
  let channels: Int

  /// The code of a picture, scaled to variance 1 along each component over the collection.
  func code(of picture: [Float]) -> [Double] {
    let whole = centred(picture)
    let components = vectors.transposedMultiplied(
      by: DoubleMatrix(rows: whole.count, columns: 1, values: whole))
    return zip(components.values, values).map {
      $0 / $1.squareRoot()
    }
  }

  private func centred(_ picture: [Float]) -> [Double] {
    zip(basis.analyzer(channels: channels)(picture), mean.values).map { $0 - $1 }
  }

  /// Statistics of the residual of some pictures: what remains after the projection.
  ///
  /// - Returns: the variance of each function `[K]`; the principal axes of the channels' covariance as rows
  ///   `[c, c]`; the relative variance along each axis, with mean 1.
  func residualVariance(
    of pictures: any TrainingPictures
  ) throws -> (variances: [Double], axes: DoubleMatrix, scales: [Double]) {
    let count = min(pictures.count, 2_000)
    let turned = vectors.transposed()
    let group = 32
    let parts = try WorkGroup.current.map((count + group - 1) / group) {
      part -> ([Double], [Double]) in
      var variances = [Double](repeating: 0, count: basis.count)
      var covariance = [Double](repeating: 0, count: channels * channels)
      for index in part * group..<min(count, (part + 1) * group) {
        let whole = centred(try pictures.values(at: index))
        let seen = vectors.multiplied(by: turned.multiplied(by: whole))
        let rest = zip(whole, seen).map { $0 - $1 }
        for function in 0..<basis.count {
          for first in 0..<channels {
            let value = rest[first * basis.count + function]
            variances[function] += value * value
            for second in 0..<channels {
              covariance[first * channels + second] += value * rest[second * basis.count + function]
            }
          }
        }
      }
      return (variances, covariance)
    }
    var variances = [Double](repeating: 0, count: basis.count)
    var covariance = DoubleMatrix(rows: channels, columns: channels)
    for (own, ownCovariance) in parts {
      for index in variances.indices { variances[index] += own[index] }
      for index in ownCovariance.indices { covariance.values[index] += ownCovariance[index] }
    }
    // A variance stays above 0 where the components explain the pictures completely.
    variances = variances.map { max($0 / Double(count * channels), 1e-9) }
    let (scales, axes) = try LinearAlgebra.symmetricEigen(covariance)
    let total = scales.reduce(0, +)
    let relative = scales.map { scale in
      total > 0 ? max(Double(channels) * scale / total, 1e-3) : 1
    }
    return (variances, axes.transposed(), relative)
  }

  /// From codes to coefficients along each of the axes, `[K, J]`.
  func loadings(along axes: DoubleMatrix) -> [SingleMatrix] {
    (0..<channels).map { axis in
      var result = DoubleMatrix(rows: basis.count, columns: values.count)
      for channel in 0..<channels {
        for index in result.values.indices {
          result.values[index] +=
            axes[axis, channel] * vectors.values[channel * basis.count * values.count + index]
            * values[index % values.count].squareRoot()
        }
      }
      return SingleMatrix(result)
    }
  }
}
