import ImagePriors
import Signals

/// Makes the posteriors of one subspace prior, which share what is known about the prior's own grid of pixels.
struct SubspacePosteriorSource: PosteriorSource {
  let prior: SubspacePrior
  /// The pixels of a picture of the prior's size.
  let targets: PriorTargets

  func posterior(
    _ observations: PixelObservations, width: Int, height: Int, withUncertainty: Bool
  ) throws -> any ImagePosterior {
    var posterior = try prior.posterior(
      observations, width: width, height: height, withUncertainty: withUncertainty)
    posterior.gridTargets = targets
    return posterior
  }
}
