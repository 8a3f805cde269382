import Signals

/// Nearest-neighbour interpolation, as `scipy.interpolate.griddata` with `method="nearest"`.
///
/// Every pixel takes the value of the observation with the smallest Euclidean distance, or the first of
/// several at the same distance.
public struct NearestNeighbour: InpaintingMethod {
  /// `nearest`.
  public let name = "nearest"

  /// The method needs no preparation.
  public init() {}

  /// The picture of nearest observations.
  ///
  /// - Throws: `InpaintingMethodError` if no pixel is observed or an observation is invalid.
  public func inpaint(
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
