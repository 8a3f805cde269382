import Fields
import Signals

/// Makes the posterior distributions of pictures by one prior.
public protocol PosteriorSource: Sendable {
  /// The distribution of a picture given some of its values.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points, values 0...1, in the prior's channels; repeated points are
  ///     averaged, and their order does not matter.
  ///   - width: of the picture, in pixels, which positions refer to.
  ///   - height: of the picture.
  ///   - withUncertainty: whether more than the mean will be asked for, which takes longer.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func posterior(
    _ observations: PixelObservations, width: Int, height: Int, withUncertainty: Bool
  ) throws -> any ImagePosterior
}

/// The distribution of a picture given some of its values.
public protocol ImagePosterior: Sendable {
  /// The mean: (row, column) in -1...1 to values in -1...1.
  var field: Siren { get }

  /// The mean as a picture, values 0...1.
  func image(width: Int, height: Int) -> Image

  /// The predictive variance of each value of a picture.
  ///
  /// - Returns: row-major `[height, width, c]`, of values 0...1; the noise of a measurement included.
  /// - Throws: ``PriorError`` where the uncertainty was not asked for.
  func variance(width: Int, height: Int) throws -> [Float]

  /// The points to measure next, best first.
  ///
  /// - Parameter mask: the picture's size, and the pixels that are not to be proposed.
  /// - Returns: at most `count` positions in pixels, (row, column).
  /// - Throws: ``PriorError`` where the uncertainty was not asked for.
  func nextPoints(_ count: Int, excluding mask: PixelMask) throws -> [(row: Int, column: Int)]

  /// Random pictures that agree with the observations; without observations, of the prior.
  ///
  /// - Parameters:
  ///   - count: how many, at least 0; the first ones are the same for every count.
  ///   - seed: decides them.
  /// - Returns: networks from (row, column) in -1...1 to values in -1...1.
  /// - Throws: ``PriorError`` where the uncertainty was not asked for.
  func samples(_ count: Int, seed: UInt64) throws -> [Siren]
}

extension ImagePosterior {
  /// The restored picture, with and without the observed values.
  public func inpainting(
    _ observations: PixelObservations, width: Int, height: Int
  ) -> Inpainting {
    Inpainting(field: field, rendered: image(width: width, height: height), observations)
  }
}
