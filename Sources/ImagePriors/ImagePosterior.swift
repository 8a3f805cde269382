import Fields
import Signals

/// Computes posterior distributions of pictures under one prior.
public protocol PosteriorSource: Sendable {
  /// The distribution of a picture given some of its values.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points of values 0...1 in the prior's channels; repeated points are
  ///     averaged, and their order does not matter.
  ///   - width: width in pixels of the picture to which positions refer.
  ///   - height: height of the picture in pixels.
  ///   - withUncertainty: whether variances, samples or points to measure are needed, which takes longer.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func posterior(
    _ observations: PixelObservations, width: Int, height: Int, withUncertainty: Bool
  ) throws -> any ImagePosterior
}

/// The distribution of a picture given some of its values.
public protocol ImagePosterior: Sendable {
  /// The mean as a network from (row, column) in -1...1 to values in -1...1; nil if it is a grid of networks.
  var network: Siren? { get }

  /// The mean as a picture, values 0...1.
  func image(width: Int, height: Int) -> Image

  /// The predictive variance of each value of a picture.
  ///
  /// - Returns: row-major `[height, width, c]`, for values 0...1, including the noise of a measurement.
  /// - Throws: ``PriorError`` if the posterior was made without its uncertainty.
  func variance(width: Int, height: Int) throws -> [Float]

  /// The most informative points to measure next, best first.
  ///
  /// - Parameter mask: the size of the picture, and the pixels to exclude.
  /// - Returns: at most `count` positions in pixels, (row, column).
  /// - Throws: ``PriorError`` if the posterior was made without its uncertainty.
  func nextPoints(_ count: Int, excluding mask: PixelMask) throws -> [(row: Int, column: Int)]

  /// Random pictures from the posterior; without observations, from the prior.
  ///
  /// - Parameters:
  ///   - count: the number of pictures, at least 0; the first ones are the same for every count.
  ///   - seed: the seed of the random choice.
  ///   - width: width of each picture in pixels.
  ///   - height: height of each picture in pixels.
  /// - Returns: pictures of values 0...1.
  /// - Throws: ``PriorError`` if the posterior was made without its uncertainty.
  func pictures(_ count: Int, seed: UInt64, width: Int, height: Int) throws -> [Image]
}

extension ImagePosterior {
  /// The restored picture, with and without the observed values.
  public func inpainting(
    _ observations: PixelObservations, width: Int, height: Int
  ) -> Inpainting {
    Inpainting(network, rendered: image(width: width, height: height), observations)
  }
}
