import ImagePriors
import Signals

/// Makes the posteriors of one subspace prior, which share the preparation of the prior's own pixel grid.
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
