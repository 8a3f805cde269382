import DifferentiableCore

/// The training loss of one piece of a batch, and its terms, all as the piece's share of the batch's.
package struct HyperNetworkLoss {
  /// What is minimized.
  package let total: Tensor
  /// Mean squared error of the prediction, values in -1...1.
  package let image: Float
  /// Mean square of the latent.
  package let latent: Tensor
  /// Mean square of all generated weights.
  package let weight: Tensor

  /// Pictures whose networks are evaluated, and differentiated, at a time.
  ///
  /// What one picture's derivatives need fits into a cache: a step of the attention prior takes 3 to 4% less and half
  /// of the memory of sixteen at a time, two take 1% less (alternate runs).
  private static let picturesAtATime = 1

  /// The mean squared error; where the last layer is fitted to the observations also, a little, the error
  /// before that; and for the full head the paper's penalties (arXiv 2006.09661, supplement 4.4).
  ///
  /// - Parameters:
  ///   - batch: what is observed of b pictures, and where their values are predicted.
  ///   - targets: the true values there in -1...1, `[b, m, c]`.
  ///   - share: the piece's pictures by those of the whole batch.
  ///   - settings: the weights of the terms.
  ///   - configuration: decides which terms there are.
  ///   - parameters: of the prior, tracked if the loss is to be differentiated.
  package init(
    _ batch: HyperNetworkBatch, targets: Tensor, share: Float = 1,
    _ settings: HyperNetworkTrainingSettings,
    _ configuration: HyperNetworkConfiguration, _ parameters: ParameterViews
  ) {
    let head = configuration.hyperNetworkHead
    let seen = HyperNetworkPrior.latent(of: batch, configuration, parameters)
    let generated = head.generated(from: seen, parameters)
    let names =
      head.sharedNames + (configuration.isConditioned ? [Conditioning.precisionName] : [])
    let each = share / Float(max(1, targets.count))
    let errors = Tensor.sum(
      overPartsOf: generated, size: Self.picturesAtATime, sharing: parameters[names]
    ) { range, generated, shared in
      let shared = ParameterViews.named(names, shared)
      let targets = targets.sliced(axis: 0, range)
      let (values, before) = HyperNetworkPrior.predict(
        batch.pictures(range), head.fields(of: generated, shared), configuration, shared)
      let error = (values - targets).sumOfSquares() * each
      guard configuration.isConditioned else { return (error, error.scalar) }
      return (
        error + (before - targets).sumOfSquares() * (each * settings.unconditionedWeight),
        error.scalar
      )
    }
    image = errors.remarks.reduce(0, +)
    var total = errors.value
    if configuration.head == .full {
      latent = seen.squared().mean() * share
      let count = generated.reduce(0) { $0 + $1.count }
      weight =
        generated.map { $0.sumOfSquares() }.reduce(Tensor(0)) { $0 + $1 }
        * (share / Float(count))
      total = total + latent * settings.latentPenalty + weight * settings.weightPenalty
    } else {
      latent = Tensor(0)
      weight = Tensor(0)
    }
    self.total = total
  }
}
