import Signals

/// Every pixel takes the value of the nearest observation (Euclidean distance; of several equally
/// near ones the first), as `scipy.interpolate.griddata` with `method="nearest"`.
public struct NearestNeighbour: InpaintingMethod {
  /// `nearest`.
  public let name = "nearest"

  /// The method needs no preparation.
  public init() {}

  /// The picture of nearest observations.
  ///
  /// - Throws: `InpaintingMethodError` when nothing is observed or an observation is not valid.
  public func reconstruct(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    try observations.validate(for: name, width: width, height: height)
    let channels = observations.channels
    let index = PlanarPointIndex(positions: observations.positions)
    var image = Image(width: width, height: height, channels: channels)
    for row in 0..<height {
      for column in 0..<width {
        let point = index.nearest(row: Double(row), column: Double(column))
        for channel in 0..<channels {
          image[row, column, channel] = observations.values[point * channels + channel]
        }
      }
    }
    return InpaintingEstimate(image: image)
  }
}
