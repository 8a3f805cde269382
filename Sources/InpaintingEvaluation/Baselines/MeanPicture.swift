import Signals

/// The mean of the training pictures, whatever is observed: the least that a prior must beat.
public struct MeanPicture: InpaintingMethod {
  /// `mean`.
  public let name = "mean"
  /// The mean picture.
  public let image: Image

  /// The mean of a collection.
  ///
  /// - Parameters:
  ///   - pictureCount: how many pictures, at least 1.
  ///   - picture: the values of one picture, `shape.valueCount` of them, row-major with
  ///     interleaved channels.
  /// - Throws: `InpaintingMethodError.noPictures`, or what `picture` throws.
  public init(
    shape: PictureShape, pictureCount: Int, picture: (Int) throws -> [Float]
  ) throws {
    guard pictureCount > 0 else { throw InpaintingMethodError.noPictures(method: name) }
    var sums = [Double](repeating: 0, count: shape.valueCount)
    for index in 0..<pictureCount {
      let values = try picture(index)
      precondition(
        values.count == shape.valueCount,
        "picture \(index) has \(values.count) values, a picture of \(shape) \(shape.valueCount)")
      for position in sums.indices { sums[position] += Double(values[position]) }
    }
    image = Image(
      width: shape.width, height: shape.height, channels: shape.channels,
      values: sums.map { Float($0 / Double(pictureCount)) })
  }

  /// The mean picture, with the observed pixels put in.
  ///
  /// - Throws: `InpaintingMethodError` when the size is not that of the training pictures.
  public func reconstruct(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    let expected = PictureShape(
      width: image.width, height: image.height, channels: image.channels)
    let actual = PictureShape(width: width, height: height, channels: observations.channels)
    guard expected == actual else {
      throw InpaintingMethodError.shape(method: name, expected: expected, actual: actual)
    }
    if observations.count == 0 { return InpaintingEstimate(image: image) }
    try observations.validate(for: name, width: width, height: height)
    var result = image
    ObservedPixels(observations, width: width, height: height).copy(to: &result)
    return InpaintingEstimate(image: result)
  }
}
