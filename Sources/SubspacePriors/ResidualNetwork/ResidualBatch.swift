import DifferentiableCore

/// A piece of a batch, as tensors.
struct ResidualBatch: Sendable {
  /// What the network is shown, `[b, size, size, inputs]`.
  private let features: Tensor
  /// What a residual network of 1 is worth, `[b, size, size, 1]`.
  private let scale: Tensor
  /// What the Gaussian posterior lacks, `[b, size, size, c]`.
  private let missing: Tensor
  /// Weights of the squared errors, `[b, 1, 1, 1]`.
  private let weights: Tensor
  /// 1 where nothing was observed, else 0, and the deviation there, `[b, size, size, 1]`.
  private let hidden: Tensor
  private let deviations: Tensor

  /// How much the deviations' likelihood counts beside the squared error; chosen, not tuned.
  private static let likelihoodWeight: Float = 0.05

  /// - Parameters:
  ///   - examples: all there are.
  ///   - indices: those of this piece.
  ///   - mirrored: whether each is seen in a mirror.
  ///   - configuration: of the network that is shown them.
  init(
    _ examples: ResidualExamples, _ indices: [Int], mirroredBy mirrored: [Bool],
    _ configuration: ResidualNetwork.Configuration
  ) throws {
    let (size, channels) = (examples.pictures.size, examples.pictures.channels)
    var (features, scale, missing): ([Float], [Float], [Float]) = ([], [], [])
    var (hidden, deviations): ([Float], [Float]) = ([], [])
    features.reserveCapacity(indices.count * size * size * configuration.inputs)
    for (index, isMirrored) in zip(indices, mirrored) {
      let (inputs, truth) = try examples.shown(index, isMirrored: isMirrored)
      inputs.appendFeatures(to: &features, size: size)
      scale += inputs.scale
      hidden += inputs.mask.map { 1 - $0 }
      deviations += inputs.deviation.map { max($0, 1e-4) }
      missing += zip(truth, inputs.gaussian).map { $0 - $1 }
    }
    let grid = [indices.count, size, size]
    self.features = Tensor(features, shape: grid + [configuration.inputs])
    self.scale = Tensor(scale, shape: grid + [1])
    self.missing = Tensor(missing, shape: grid + [channels])
    self.hidden = Tensor(hidden, shape: grid + [1])
    self.deviations = Tensor(deviations, shape: grid + [1])
    weights = Tensor(indices.map { examples.items[$0].weight }, shape: [indices.count, 1, 1, 1])
  }

  /// The weighted mean squared error of each example's values and, a little, the mean negative log
  /// likelihood of its hidden pixels, summed over the examples.
  ///
  /// The likelihood is Laplace's, of a pixel's mean absolute error over the channels: its slope does not
  /// grow with the error, so single bad pixels do not rule. It changes deviations, not residual networks.
  func loss(
    _ configuration: ResidualNetwork.Configuration, _ parameters: ParameterViews
  ) -> Tensor {
    let result = ResidualNetwork.corrections(features, configuration, parameters)
    let channels = configuration.channels
    let errors = result.sliced(axis: 3, 0..<channels) * scale - missing
    let pixels = Float(hidden.count / hidden.shape[0])
    let squares = (errors.squared() * weights).sum() * (1 / (pixels * Float(channels)))
    let own = errors.detached
    let absolute = Tensor.maximum(own, -own).mean(axes: [3], keepingAxes: true) / deviations
    let logarithms = result.sliced(axis: 3, channels..<channels + 1)
    let likelihood = ((absolute * (-logarithms).exponential() + logarithms) * hidden).sum()
    return squares + likelihood * (Self.likelihoodWeight / pixels)
  }
}

extension ResidualExamples {
  /// What the network is shown of an example, and what is true.
  func shown(_ index: Int, isMirrored: Bool) throws -> (inputs: ResidualInputs, truth: [Float]) {
    let item = items[index]
    let values = try pictures.values(at: item.picture)
    let truth = item.isMirrored ? values.mirrored(size: pictures.size) : values
    let inputs = item.inputs(truth: truth)
    return isMirrored
      ? (inputs.mirrored(size: pictures.size), truth.mirrored(size: pictures.size))
      : (inputs, truth)
  }
}
