import DifferentiableCore

/// The training loss of one piece of a batch and its terms, weighted by the piece's share of the batch.
package struct HyperNetworkLoss {
  /// The loss to minimize.
  package let total: Tensor
  /// Mean squared error of the prediction, values in -1...1.
  package let image: Float
  /// Mean square of the latent.
  package let latent: Tensor
  /// Mean square of all generated weights.
  package let weight: Tensor

  /// The number of pictures whose networks are evaluated and differentiated at a time.
  ///
  /// The intermediate values of one picture fit into a cache. A step of the attention prior takes 3 to 4%
  /// less time and half of the memory of sixteen pictures at a time; two pictures take 1% less time.
  private static let picturesAtATime = 1

  /// Computes the loss of a piece.
  ///
  /// The loss is the mean squared error. If the output layer is fitted to the observations, the error before
  /// the fit is added with a small weight. The full head adds the paper's penalties (arXiv 2006.09661,
  /// supplement 4.4).
  ///
  /// - Parameters:
  ///   - batch: the observed points of b pictures, and the points to predict.
  ///   - targets: the true values at the points to predict in -1...1, `[b, m, c]`.
  ///   - share: the number of pictures of the piece divided by that of the whole batch.
  ///   - settings: the weights of the terms.
  ///   - configuration: the architecture, which decides the terms.
  ///   - parameters: the prior's parameters, tracked if the loss is to be differentiated.
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
