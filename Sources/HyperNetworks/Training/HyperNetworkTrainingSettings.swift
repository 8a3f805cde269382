import Training

/// The settings of a training run.
public struct HyperNetworkTrainingSettings: Sendable, Equatable {
  /// The length of the run.
  public var length: TrainingLength
  /// Pictures per update.
  public var batchSize: Int
  /// Pictures per piece of a batch.
  ///
  /// The pictures of a piece have the same number of observed points, and the pieces are distributed over
  /// the threads. Sixteen pictures are 3 to 18% faster than eight on two threads, because the constant cost
  /// per piece, such as adding its gradient, occurs half as often. The full head has so many weights that
  /// every piece would read them from memory, so its batches are one piece.
  public var picturesAPiece: Int
  /// Random pixels per picture at which the loss is computed.
  public var targets: Int
  /// Fewest observed points shown to the encoder.
  public var smallestContext: Int
  /// Most observed points, at most half of the pixels.
  public var largestContext: Int
  /// The learning rate after the warm-up.
  public var learningRate: Float
  /// The largest norm of a gradient; larger gradients are clipped.
  public var gradientLimit: Float
  /// Whether pictures are mirrored at random.
  public var mirrors: Bool
  /// The seed of the initialization and of every random choice.
  public var seed: UInt64
  /// The weight of the loss before the output layer is fitted (modulated head).
  ///
  /// It keeps the prediction of the generated network accurate without the fit.
  public var unconditionedWeight: Float
  /// Weight of the mean square of the latent (full head; the paper's 0.1).
  public var latentPenalty: Float
  /// Weight of the mean square of the generated weights (full head; the paper's 100).
  public var weightPenalty: Float
  /// The approximate number of validations in a run.
  public var validations: Int

  /// The defaults for a configuration.
  public init(_ configuration: HyperNetworkConfiguration, length: TrainingLength, seed: UInt64 = 1)
  {
    let pixels = configuration.imageSize * configuration.imageSize
    self.length = length
    batchSize = 32
    picturesAPiece = configuration.head == .full ? batchSize : 16
    targets = min(pixels, 256)
    smallestContext = min(pixels, 3)
    largestContext = max(1, min(pixels / 2, 400))
    // The published setting for the full head. The setting for the others was measured on real pictures:
    // 1e-3 trains faster for some minutes and then diverges.
    learningRate = configuration.head == .full ? 1e-4 : 4e-4
    gradientLimit = 1
    mirrors = true
    self.seed = seed
    unconditionedWeight = 0.1
    latentPenalty = 0.1
    weightPenalty = 100
    validations = 20
  }

  /// A schedule that rises over the first 2% of the run and then falls to 0.
  var schedule: Schedule { .cosine(warmUp: 0.02) }
}
