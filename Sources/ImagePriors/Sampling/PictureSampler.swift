import Signals

/// Draws random pictures from a prior, or from its posterior given observations.
public struct PictureSampler: Sendable {
  /// Number of columns of each picture.
  public let width: Int
  /// Number of rows of each picture.
  public let height: Int
  private let posterior: any ImagePosterior

  /// Computes the distribution.
  ///
  /// - Parameters:
  ///   - prior: the prior to draw from.
  ///   - model: the prior's file, for messages.
  ///   - task: the observations that condition the prior; nil for none.
  ///   - size: the size of each picture in pixels; nil for that of the task or the training pictures.
  /// - Throws: ``NoPosterior``, ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  public init(
    _ prior: any ImagePrior, model: String, agreeingWith task: InpaintingTask? = nil,
    size: (width: Int, height: Int)? = nil
  ) throws {
    let posteriors = try prior.posteriors(for: .sampling, model: model)
    let own = (
      width: task?.width ?? prior.imageSize, height: task?.height ?? prior.imageSize
    )
    posterior = try posteriors.posterior(
      task?.observations ?? PixelObservations(channels: prior.channels, positions: [], values: []),
      width: own.width, height: own.height, withUncertainty: true)
    (width, height) = size ?? own
  }

  /// Random pictures, values 0...1; the first ones are the same for every count.
  ///
  /// - Parameters:
  ///   - count: the number of pictures, at least 0.
  ///   - seed: the seed of the random choice.
  /// - Throws: ``PriorError`` if a computation overflows.
  public func pictures(_ count: Int, seed: UInt64) throws -> [Image] {
    try posterior.pictures(count, seed: seed, width: width, height: height)
  }
}
