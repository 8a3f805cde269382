import Training

/// Everything that decides a training run, apart from the pictures.
public struct HyperNetworkTrainingSettings: Sendable, Equatable {
  /// How long it lasts.
  public var length: TrainingLength
  /// Pictures an update.
  public var batchSize: Int
  /// Pictures of one piece of a batch.
  ///
  /// A piece's pictures share the number of observed points, and the threads are divided among the pieces:
  /// sixteen pictures are 3 to 18% faster than eight (measured on two threads), since what a piece
  /// costs beside its pictures, such as the gradient's sum, comes half as often. The full head has so many
  /// weights that every piece would read them from memory, so its batches are one piece.
  public var picturesAPiece: Int
  /// Random pixels of each picture that the loss is taken on.
  public var targets: Int
  /// Fewest observed points shown to the encoder.
  public var smallestContext: Int
  /// Most observed points, at most half of the pixels.
  public var largestContext: Int
  /// The learning rate after the warm-up.
  public var learningRate: Float
  /// Gradients longer than this are shortened.
  public var gradientLimit: Float
  /// Whether pictures are mirrored at random.
  public var mirrors: Bool
  /// Decides the start and every random choice.
  public var seed: UInt64
  /// Weight of the loss before the last layer is fitted (modulated head); keeps the generated
  /// network a good prediction by itself.
  public var unconditionedWeight: Float
  /// Weight of the mean square of the latent (full head; the paper's 0.1).
  public var latentPenalty: Float
  /// Weight of the mean square of the generated weights (full head; the paper's 100).
  public var weightPenalty: Float
  /// The validation split is looked at about this often in a run.
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
    // The published setting for the published head; for the other measured on real pictures
    // (1e-3 learns faster for some minutes and then diverges).
    learningRate = configuration.head == .full ? 1e-4 : 4e-4
    gradientLimit = 1
    mirrors = true
    self.seed = seed
    unconditionedWeight = 0.1
    latentPenalty = 0.1
    weightPenalty = 100
    validations = 20
  }

  /// Rises over the first 2% of the run, then falls to 0.
  var schedule: Schedule { .cosine(warmUp: 0.02) }
}
