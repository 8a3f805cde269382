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

  /// The mean squared error; where the last layer is fitted to the observations also, a little, the error
  /// before that; and for the full head the paper's penalties (arXiv 2006.09661, supplement 4.4).
  ///
  /// - Parameters:
  ///   - prediction: with values `[b, m, c]`.
  ///   - targets: the true values in -1...1, of the same shape.
  ///   - settings: the weights of the terms.
  ///   - configuration: decides which terms there are.
  package init(
    _ prediction: PriorPrediction, targets: Tensor, _ settings: TrainingSettings,
    _ configuration: PriorConfiguration
  ) {
    image = (prediction.values - targets).squared().mean()
    var total = image
    if configuration.isConditioned {
      let before = (prediction.unconditioned - targets).squared().mean()
      total = total + before * settings.unconditionedWeight
    }
    if configuration.head == .full {
      latent = prediction.latent.squared().mean()
      let generated = prediction.fields.penalized
      let count = generated.reduce(0) { $0 + $1.count }
      weight =
        generated.map { $0.sumOfSquares() }.reduce(Tensor(0)) { $0 + $1 } / Float(count)
      total = total + latent * settings.latentPenalty + weight * settings.weightPenalty
    } else {
      latent = Tensor(0)
      weight = Tensor(0)
    }
    self.total = total
  }
}
