import Interpolation
import Signals

/// The mean of the training pictures, independent of the observations.
public struct MeanPicture: InpaintingMethod {
  /// `mean`.
  public let name = "mean"
  /// The mean picture.
  public let image: Image

  /// The mean of a collection.
  ///
  /// - Parameters:
  ///   - pictureCount: the number of pictures, at least 1.
  ///   - picture: returns the `shape.valueCount` values of one picture, row-major with interleaved
  ///     channels.
  /// - Throws: `InpaintingMethodError.noPictures`, or the errors of `picture`.
  public init(
    shape: PictureShape, pictureCount: Int, picture: (Int) throws -> [Float]
  ) throws {
    guard pictureCount > 0 else { throw InpaintingMethodError.noPictures(method: name) }
    var sums = [Double](repeating: 0, count: shape.valueCount)
    for index in 0..<pictureCount {
      let values = try picture(index)
      precondition(
        values.count == shape.valueCount,
        "picture \(index) has \(values.count) values, expected \(shape.valueCount) for \(shape)")
      for position in sums.indices { sums[position] += Double(values[position]) }
    }
    image = Image(
      width: shape.width, height: shape.height, channels: shape.channels,
      values: sums.map { Float($0 / Double(pictureCount)) })
  }

  /// The mean picture with the observed pixels pasted in.
  ///
  /// - Throws: `InpaintingMethodError` if the size is not that of the training pictures.
  public func inpaint(
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
