import Fitting
import Signals

extension ImagePrior {
  /// The pictures between two restored pictures, both ends included; see
  /// ``interpolation(from:to:steps:)``.
  ///
  /// - Parameters:
  ///   - first: observations, 0 or more, in the prior's channels.
  ///   - second: the same of the other picture.
  ///   - steps: how many pictures, at least 2.
  ///   - width: of each picture, in pixels.
  ///   - height: of each picture.
  /// - Returns: pictures of values 0...1.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  public func interpolatedPictures(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int, width: Int, height: Int
  ) throws -> [Image] {
    try interpolation(from: first, to: second, steps: steps)
      .map { FieldRenderer.image(of: $0, width: width, height: height) }
  }
}
