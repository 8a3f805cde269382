import Fitting
import Signals

extension ImagePrior {
  /// The pictures of ``interpolation(from:to:steps:)``, including both ends.
  ///
  /// - Parameters:
  ///   - first: 0 or more observations in the prior's channels.
  ///   - second: the same for the other picture.
  ///   - steps: the number of pictures, at least 2.
  ///   - width: width of each picture in pixels.
  ///   - height: height of each picture in pixels.
  /// - Returns: pictures of values 0...1.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  public func interpolatedPictures(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int, width: Int, height: Int
  ) throws -> [Image] {
    try interpolation(from: first, to: second, steps: steps)
      .map { FieldRenderer.image(of: $0, width: width, height: height) }
  }
}
