import DifferentiableCore

/// The terms of the training loss of one piece of a batch.
package struct PriorLoss {
  /// What is minimized.
  package let total: Tensor
  /// Mean squared error of the prediction, values in -1...1.
  package let image: Tensor
  /// Mean square of the latent.
  package let latent: Tensor
  /// Mean square of all generated weights.
  package let weight: Tensor

  /// The paper's loss for the full head (arXiv 2006.09661, supplement 4.4: image error, latent and
  /// weight penalties); for the others the error after and, a little, before conditioning.
  ///
  /// - Parameters:
  ///   - prediction: with values `[b, m, c]`.
  ///   - targets: the true values in -1...1, of the same shape.
  ///   - settings: the weights of the terms.
  ///   - head: decides which terms there are.
  package init(
    _ prediction: PriorPrediction, targets: Tensor, _ settings: TrainingSettings, _ head: HeadKind
  ) {
    image = (prediction.values - targets).squared().mean()
    switch head {
    case .modulated, .lowRank:
      let before = (prediction.unconditioned - targets).squared().mean()
      latent = Tensor(0)
      weight = Tensor(0)
      total = image + before * settings.unconditionedWeight
    case .full:
      latent = prediction.latent.squared().mean()
      let generated = prediction.fields.penalized
      let count = generated.reduce(0) { $0 + $1.count }
      weight =
        generated.map { $0.sumOfSquares() }.reduce(Tensor(0)) { $0 + $1 } / Float(count)
      total = image + latent * settings.latentPenalty + weight * settings.weightPenalty
    }
  }
}
