import HyperNetworks
import ImagePriors
import SyntheticData

/// The measured work of priors: a training step of each kind on 32 pictures of 32x32.
public enum PriorWorkloads: WorkloadList {
  /// `siren-hyper`.
  public static let program = "siren-hyper"
  /// The end of "Measures ...".
  public static let subject = "training steps of priors"

  /// All, in the order in which they are printed.
  ///
  /// - Parameter scale: divides the number of pictures and the widths, for quick trials; 1 is what is
  ///   published.
  public static func all(scale: Int) -> [BenchmarkWorkload] {
    var published = HyperNetworkConfiguration(
      imageSize: 32, channels: 3, encoder: .set, head: .full)
    published.latentWidth = max(8, 256 / scale)
    published.hyperWidth = max(8, 256 / scale)
    published.field.hiddenWidth = max(8, 256 / scale)
    var own = HyperNetworkConfiguration(imageSize: 32, channels: 3)
    own.latentWidth = max(8, own.latentWidth / scale)
    own.field.hiddenWidth = max(8, own.field.hiddenWidth / scale)
    let pictures = max(2, 32 / scale)
    return [
      step(
        "hypernetwork",
        "a step of the paper's set encoder and full hypernetwork: 200 points, all pixels",
        published, pictures: pictures, context: 200, targets: 1_024),
      step(
        "prior", "a step of the attention encoder and modulated SIREN: 200 points, 256 targets",
        own, pictures: pictures, context: 200, targets: 256),
      residual(scale: scale),
    ]
  }

  /// Faces in memory, so that nothing is read while time is taken.
  struct DrawnPictures: TrainingPictures {
    let size: Int
    let channels = 3
    let pictures: [[Float]]
    var count: Int { pictures.count }

    init(count: Int, size: Int) {
      let synthesizer = FaceSynthesizer(size: size, seed: 1)
      self.size = size
      pictures = (0..<count).map { synthesizer.image(at: $0).converted(toChannels: 3).values }
    }

    func values(at index: Int) -> [Float] { pictures[index] }
  }

  private static func step(
    _ name: String, _ summary: String, _ configuration: HyperNetworkConfiguration, pictures: Int,
    context: Int, targets: Int
  ) -> BenchmarkWorkload {
    let perPicture = multiplyAdds(configuration, context: context, targets: targets)
    return BenchmarkWorkload(
      name: name, summary: summary, points: pictures * targets,
      operations: 6 * Double(perPicture) * Double(pictures)
    ) {
      let drawn = DrawnPictures(count: pictures, size: configuration.imageSize)
      var settings = HyperNetworkTrainingSettings(configuration, length: .steps(1_000_000))
      settings.batchSize = pictures
      settings.smallestContext = context
      settings.largestContext = context
      settings.targets = targets
      let trainer = try HyperNetworkTrainer(
        configuration, training: drawn, validation: drawn, settings: settings)
      var state = trainer.start()
      return { try trainer.step(&state, progress: 0.1) }
    }
  }

  /// Multiply-adds of one prediction for one picture: every matrix times the rows that it is applied
  /// to, the attention's products, and the products of the closed-form fit.
  ///
  /// Counted from the sizes alone: making the parameters would take seconds.
  static func multiplyAdds(_ configuration: HyperNetworkConfiguration, context: Int, targets: Int)
    -> Int
  {
    encoderMultiplyAdds(configuration, context: context)
      + headMultiplyAdds(configuration, context: context, targets: targets)
  }

  private static func encoderMultiplyAdds(_ configuration: HyperNetworkConfiguration, context: Int)
    -> Int
  {
    let (width, channels) = (configuration.latentWidth, configuration.channels)
    let square = width * width
    switch configuration.encoder {
    case .set: return context * ((2 + channels) * width + 3 * square)
    case .convolutional:
      let grids = [(16, 4 * (channels + 1), 48), (8, 48, 64), (4, 64, width)]
      return grids.enumerated().reduce(0) { total, mixtureComponent in
        let (side, inputs, own) = mixtureComponent.element
        // The first comes from patches by 3x3, the others from four places each.
        return total + side * side
          * (inputs * (mixtureComponent.offset == 0 ? 9 : 4) * own + 18 * own * own)
      }
    case .attention:
      let tokens = configuration.tokens
      let features = 2 + 4 * AttentionEncoder.octaves + channels
      // A block: two attentions, in which the tokens' queries and mixtures pass through four
      // matrices and every head reads its points twice, and two networks of twice the width.
      let block =
        (8 + 8) * tokens * square
        + 2 * configuration.attentionHeads * tokens * (context + 1 + tokens) * width
      return context * (features * width + square) + configuration.blocks * block
    }
  }

  private static func headMultiplyAdds(
    _ configuration: HyperNetworkConfiguration, context: Int, targets: Int
  ) -> Int {
    let field = configuration.field
    let latent = configuration.latentCount
    let evaluation = field.layers.reduce(0) { $0 + $1.inputs * $1.outputs }
    switch configuration.head {
    case .full:
      let hidden = configuration.hyperWidth
      return field.layers.reduce(targets * evaluation) { total, layer in
        [layer.inputs * layer.outputs, layer.outputs].reduce(total) {
          $0 + latent * hidden + hidden * hidden + hidden * $1
        }
      }
    case .modulated, .lowRank:
      let trunk = ModulatedHead.trunk
      let sines = field.layers.count - 1
      let each = configuration.head == .modulated ? 2 : 2 * LowRankHead.rank + 1
      let generated = each * sines * field.hiddenWidth + field.outputs * (field.hiddenWidth + 1)
      let features = field.hiddenWidth + 1
      let smaller = min(context, features)
      let solve = context * features * smaller + smaller * smaller * smaller / 6
      return latent * trunk + trunk * generated + (context + targets) * evaluation + solve
    }
  }
}
