import ImagePriors
import Interpolation
import Signals

/// A trained prior as a method of an evaluation, with and without the observed pixels pasted in.
public struct PriorMethod: InpaintingMethod {
  /// `model`.
  public var name: String { "model" }
  private let prior: any ImagePrior
  /// Nil for a prior without posterior distributions.
  private let posteriors: (any PosteriorSource)?

  /// A method from a prior.
  public init(_ prior: any ImagePrior) {
    self.prior = prior
    posteriors = prior.posteriors()
  }

  /// The picture that the prior generates, with variances if it has posterior distributions.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    guard let posteriors else {
      let result = try prior.inpaint(observations, width: width, height: height)
      return InpaintingEstimate(image: result.rendered, pasted: result.pasted)
    }
    let posterior = try posteriors.posterior(
      observations, width: width, height: height, withUncertainty: true)
    let image = posterior.image(width: width, height: height)
    return InpaintingEstimate(
      image: image, variance: try posterior.variance(width: width, height: height),
      pasted: image.pasting(observations))
  }
}

/// A trained prior whose networks are refined; see `FieldRefinement`.
public struct RefinedPriorMethod: InpaintingMethod {
  /// `model+refined`.
  public var name: String { "model+refined" }
  private let prior: any ImagePrior
  private let refinement: FieldRefinement

  /// A method from a prior.
  public init(_ prior: any ImagePrior, _ refinement: FieldRefinement) {
    self.prior = prior
    self.refinement = refinement
  }

  /// The picture of the refined network, with and without the observed pixels pasted in.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    let refined = try prior.field(
      explaining: observations, width: width, height: height, refinedBy: refinement)
    let result = Inpainting(of: refined.field, observations, width: width, height: height)
    return InpaintingEstimate(image: result.rendered, pasted: result.pasted)
  }
}
