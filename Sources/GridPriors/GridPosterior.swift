import Fields
import Foundation
import ImagePriors
import Numerics
import Signals

/// The distribution of a picture of any kind given some of its values.
///
/// Each value has the network's mean and deviation. Errors of different places are correlated in pictures; only the
/// random pictures of ``pictures(_:seed:width:height:)`` assume how.
public struct GridPosterior: ImagePosterior {
  private let estimate: PictureEstimate
  private let observations: PixelObservations
  private let prior: GridPrior

  init(
    _ prior: GridPrior, _ observations: PixelObservations, width: Int, height: Int,
    withUncertainty: Bool
  ) throws {
    self.prior = prior
    self.observations = observations
    estimate = try prior.estimate(
      observations, width: width, height: height, withDeviations: withUncertainty)
  }

  /// Nil: the mean is a grid of networks; see ``GridPrior/pictureField(explaining:width:height:)``.
  public var network: Siren? { nil }

  /// The mean as a picture, values 0...1; at another size than the observations' it is resized.
  public func image(width: Int, height: Int) -> Image {
    estimate.image.clipped.atSize(width: width, height: height)
  }

  /// The predictive variance of each value.
  ///
  /// - Returns: row-major `[height, width, c]`, for values 0...1; 0 where a value is known.
  /// - Throws: `PriorError` if the posterior was made without its uncertainty.
  public func variance(width: Int, height: Int) throws -> [Float] {
    guard !estimate.deviations.isEmpty else { throw PriorError.withoutUncertainty }
    let deviations = Image(
      width: estimate.image.width, height: estimate.image.height,
      channels: estimate.image.channels, values: estimate.deviations)
    return deviations.atSize(width: width, height: height).values.map { $0 * $0 }
  }

  /// The most informative points to measure next, best first.
  ///
  /// A measurement informs about the pixels around it, so the score of a place is the mean variance around it. Points
  /// of one batch keep a distance that shrinks with their number.
  ///
  /// - Throws: `PriorError` if the posterior was made without its uncertainty.
  public func nextPoints(
    _ count: Int, excluding mask: PixelMask
  ) throws -> [(row: Int, column: Int)] {
    let variance = try variance(width: mask.width, height: mask.height)
    let channels = estimate.image.channels
    let sums = mask.observed.indices.map { pixel in
      (0..<channels).reduce(Float(0)) { $0 + variance[pixel * channels + $1] }
    }
    return SpacedPoints.best(count, of: sums, excluding: mask)
  }

  /// Random pictures from the posterior.
  ///
  /// The errors have the predicted deviations, and those of neighbouring pixels are correlated as white noise is after
  /// a binomial filter of five pixels; the correlation is assumed, not learned.
  ///
  /// - Throws: `PriorError` if the posterior was made without its uncertainty.
  public func pictures(
    _ count: Int, seed: UInt64, width: Int, height: Int
  ) throws -> [Image] {
    guard !estimate.deviations.isEmpty else { throw PriorError.withoutUncertainty }
    return Parallel.map(count) { number in
      var random = Xoshiro256(seed: seed, .gridSamples, UInt64(number))
      var picture = estimate.image
      let noise = SmoothNoise.values(
        width: picture.width, height: picture.height, channels: picture.channels, &random)
      for index in picture.values.indices {
        picture.values[index] += estimate.deviations[index] * noise[index]
      }
      return picture.clipped.atSize(width: width, height: height)
    }
  }
}

/// Computes the posteriors of pictures under a grid prior.
public struct GridPosteriorSource: PosteriorSource {
  let prior: GridPrior

  /// The distribution of a picture given at least one of its values.
  public func posterior(
    _ observations: PixelObservations, width: Int, height: Int, withUncertainty: Bool
  ) throws -> any ImagePosterior {
    try GridPosterior(
      prior, observations, width: width, height: height, withUncertainty: withUncertainty)
  }
}

/// Noise of variance 1 whose neighbouring values are correlated.
enum SmoothNoise {
  private static let kernel: [Float] = [1, 4, 6, 4, 1].map { $0 / 16 }

  /// Values `[height, width, channels]`.
  static func values(
    width: Int, height: Int, channels: Int, _ random: inout Xoshiro256
  ) -> [Float] {
    let white = (0..<width * height * channels).map { _ in Float(random.normal()) }
    let across = filtered(white, count: width, step: channels, length: height * width * channels)
    let both = filtered(
      across, count: height, step: width * channels, length: height * width * channels)
    // The variance of a sum of independent values, along each axis.
    let square = kernel.reduce(0) { $0 + $1 * $1 }
    return both.map { $0 / square }
  }

  /// The filter along one axis, periodic at the ends so that the variance is the same everywhere.
  private static func filtered(
    _ values: [Float], count: Int, step: Int, length: Int
  ) -> [Float] {
    // An axis of fewer pixels than the filter would add a value to itself.
    guard count >= kernel.count else { return values.map { $0 * squareRootOfSum } }
    return (0..<length).map { index in
      let place = index / step % count
      var sum: Float = 0
      for tap in kernel.indices {
        let other = (place + tap - 2 + count) % count
        sum += kernel[tap] * values[index + (other - place) * step]
      }
      return sum
    }
  }

  private static let squareRootOfSum = kernel.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
