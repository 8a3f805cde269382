/// Derivatives of pictures on their grid, as `scipy.ndimage` defines them with its default borders
/// (mode `reflect`: the pixel beyond a border is the pixel at it).
extension Image {
  /// The Sobel responses along the rows' axis (y) and the columns' axis (x): the difference of the two
  /// neighbours, smoothed by 1, 2, 1 across; `scipy.ndimage.sobel(image, axis: 0)` and `axis: 1`.
  ///
  /// They are eight times the derivative per pixel on a linear ramp.
  ///
  /// - Returns: two pictures of the same shape.
  public func sobel() -> (y: Image, x: Image) {
    (
      correlated((-1, 0, 1), alongRows: true).correlated((1, 2, 1), alongRows: false),
      correlated((-1, 0, 1), alongRows: false).correlated((1, 2, 1), alongRows: true)
    )
  }

  /// The five-point Laplacian, `scipy.ndimage.laplace(image)`: the sum of the second differences along
  /// both axes, per pixel squared.
  ///
  /// - Returns: a picture of the same shape.
  public func laplacian() -> Image {
    var result = correlated((1, -2, 1), alongRows: true)
    let other = correlated((1, -2, 1), alongRows: false)
    for index in result.values.indices { result.values[index] += other.values[index] }
    return result
  }

  /// Correlation with three weights along one axis.
  ///
  /// - Parameter alongRows: whether the neighbours are those in the rows above and below.
  private func correlated(_ weights: (Float, Float, Float), alongRows: Bool) -> Image {
    var result = self
    for row in 0..<height {
      for column in 0..<width {
        let before = alongRows ? (max(0, row - 1), column) : (row, max(0, column - 1))
        let after =
          alongRows ? (min(height - 1, row + 1), column) : (row, min(width - 1, column + 1))
        for channel in 0..<channels {
          result[row, column, channel] =
            weights.0 * self[before.0, before.1, channel]
            + weights.1 * self[row, column, channel]
            + weights.2 * self[after.0, after.1, channel]
        }
      }
    }
    return result
  }
}
