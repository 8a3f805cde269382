/// What a network says about one picture, on the grid of the training pictures.
struct ResidualPrediction: Sendable {
  /// What to add, row-major `[size, size, c]`.
  var values: [Float]
  /// The logarithm of the factor on the deviation of each pixel, `[size, size]`, -3...3.
  var logarithms: [Float]

  /// The same seen in a mirror.
  func mirrored(size: Int) -> ResidualPrediction {
    ResidualPrediction(
      values: values.mirrored(size: size), logarithms: logarithms.mirrored(size: size))
  }

  /// The mean of two.
  func averaged(with other: ResidualPrediction) -> ResidualPrediction {
    ResidualPrediction(
      values: zip(values, other.values).map { ($0 + $1) / 2 },
      logarithms: zip(logarithms, other.logarithms).map { ($0 + $1) / 2 })
  }
}
