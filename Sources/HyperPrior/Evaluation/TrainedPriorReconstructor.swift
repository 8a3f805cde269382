import Signals

/// A trained prior as one of the methods of an evaluation, with pasted pictures beside its own.
public struct TrainedPriorReconstructor: Reconstructor {
  /// `model`.
  public var name: String { "model" }
  private let prior: TrainedPrior
  /// The pixels of a picture of the prior's size; nil for a prior that has no variances.
  private let targets: PriorTargets?

  /// A method from a prior.
  public init(_ prior: TrainedPrior) {
    self.prior = prior
    targets = prior.gridTargets
  }

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
      let isOwnSize = (width, height) == (components.imageSize, components.imageSize)
      let variance =
        isOwnSize
        ? try targets.map { try posterior.variance(at: $0) }
        : try posterior.variance(width: width, height: height)
      return Reconstruction(
        image: image, variance: variance, pasted: image.pasting(observations))
    }
  }
}

/// A trained prior whose networks are refined; see ``FieldRefinement``.
public struct RefinedPriorReconstructor: Reconstructor {
  /// `model+refined`.
  public var name: String { "model+refined" }
  private let prior: TrainedPrior
  private let refinement: FieldRefinement

  /// A method from a prior.
  public init(_ prior: TrainedPrior, _ refinement: FieldRefinement) {
    self.prior = prior
    self.refinement = refinement
  }

  /// The picture of the refined network, by itself and with the observed pixels pasted in.
  public func reconstruct(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Reconstruction {
    let refined = try prior.field(
      explaining: observations, width: width, height: height, refinedBy: refinement)
    let result = Inpainting(of: refined.field, observations, width: width, height: height)
    return Reconstruction(image: result.rendered, pasted: result.pasted)
  }
}
