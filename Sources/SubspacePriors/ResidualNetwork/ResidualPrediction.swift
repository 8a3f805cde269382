/// A residual network's prediction for one picture, on the grid of the training pictures.
struct ResidualPrediction: Sendable {
  /// The residual, which is added to the Gaussian posterior's picture, row-major `[size, size, c]`.
  var values: [Float]
  /// The logarithm of the factor on each pixel's standard deviation, `[size, size]`, -3...3.
  var logarithms: [Float]

  /// The prediction for the mirrored picture.
  func mirrored(size: Int) -> ResidualPrediction {
    ResidualPrediction(
      values: values.mirrored(size: size), logarithms: logarithms.mirrored(size: size))
  }

  /// The mean of two predictions.
  func averaged(with other: ResidualPrediction) -> ResidualPrediction {
    ResidualPrediction(
      values: zip(values, other.values).map { ($0 + $1) / 2 },
      logarithms: zip(logarithms, other.logarithms).map { ($0 + $1) / 2 })
  }
}
