import Fields
import Fitting
import Signals

extension ComponentPrior {
  /// What the prior says about a picture given some of its values.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points, values 0...1, in the prior's channels; repeated points are
  ///     averaged, and their order does not matter.
  ///   - width: of the picture, in pixels, which positions refer to.
  ///   - height: of the picture; one that is not square is stretched over the prior's square.
  ///   - withUncertainty: whether `variance` or `nextPoints` will be asked for, which takes longer.
  /// - Throws: ``PriorError`` if the channels do not fit or a number is not finite.
  public func posterior(
    _ observations: PixelObservations, width: Int, height: Int, withUncertainty: Bool = true
  ) throws -> ComponentPosterior {
    try ComponentPosterior(
      self, observations, width: width, height: height, withCovariance: withUncertainty)
  }
}

extension ComponentPosterior {
  /// The mean as a picture, values 0...1.
  public func image(width: Int, height: Int) -> Image {
    FieldRenderer.image(of: field, width: width, height: height)
  }
}

/// A prior read from a file, of either kind.
public enum TrainedPrior: Sendable {
  /// In closed form.
  case components(ComponentPrior)
  /// A trained encoder and hypernetwork.
  case network(PriorModel)

  /// Reads a prior; every name, shape and number is checked.
  ///
  /// - Throws: ``PriorError``, or `SafetensorsError` for a file that is not safetensors.
  public static func read(_ path: String) throws -> TrainedPrior {
    let archive = try PriorModel.readArchive(path)
    if archive.metadata["kind"] == ComponentPrior.fileKind {
      return .components(try ComponentPrior(archive: archive, path: path))
    }
    return .network(try PriorModel(archive: archive, path: path))
  }

  /// Side of the square training pictures, in pixels.
  public var imageSize: Int {
    switch self {
    case .components(let prior): prior.imageSize
    case .network(let model): model.configuration.imageSize
    }
  }

  /// Channels of a picture.
  public var channels: Int {
    switch self {
    case .components(let prior): prior.channels
    case .network(let model): model.configuration.channels
    }
  }

  /// Restores a picture from observed pixels; see `PriorModel.inpaint`.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    switch self {
    case .components(let prior):
      let posterior = try prior.posterior(
        observations, width: width, height: height, withUncertainty: false)
      return Inpainting(
        of: posterior.field, observations, width: width, height: height)
    case .network(let model):
      return try model.inpaint(observations, width: width, height: height)
    }
  }
}

/// A trained prior as one of the methods of an evaluation, with pasted pictures beside its own.
public struct TrainedPriorReconstructor: Reconstructor {
  /// `model`.
  public var name: String { "model" }
  private let prior: TrainedPrior

  /// A method from a prior.
  public init(_ prior: TrainedPrior) { self.prior = prior }

  /// The picture that the prior generates, with variances if it is in closed form.
  public func reconstruct(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Reconstruction {
    switch prior {
    case .network(let model):
      let result = try model.inpaint(observations, width: width, height: height)
      return Reconstruction(image: result.rendered, pasted: result.pasted)
    case .components(let components):
      let posterior = try components.posterior(observations, width: width, height: height)
      let image = posterior.image(width: width, height: height)
      return Reconstruction(
        image: image, variance: posterior.variance(width: width, height: height),
        pasted: image.pasting(observations))
    }
  }
}
