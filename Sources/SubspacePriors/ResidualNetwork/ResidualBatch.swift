import DifferentiableCore

/// A piece of a batch, as tensors.
struct ResidualBatch: Sendable {
  /// The network's inputs, `[b, size, size, inputs]`.
  private let features: Tensor
  /// The unit of the network's output at each pixel, `[b, size, size, 1]`.
  private let scale: Tensor
  /// The truth minus the Gaussian posterior's picture, `[b, size, size, c]`.
  private let missing: Tensor
  /// Weights of the squared errors, `[b, 1, 1, 1]`.
  private let weights: Tensor
  /// 1 where nothing was observed, else 0; and the standard deviation; `[b, size, size, 1]` each.
  private let hidden: Tensor
  private let deviations: Tensor

  /// Weight of the deviations' likelihood relative to the squared error; chosen, not tuned.
  private static let likelihoodWeight: Float = 0.05

  /// - Parameters:
  ///   - examples: all examples.
  ///   - indices: the examples of this piece.
  ///   - mirrored: whether each is mirrored.
  ///   - configuration: that of the network.
  /// - Throws: what reading the pictures throws.
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

  /// The sum over the examples of the weighted mean squared error of their values and, with a small weight,
  /// the mean negative log likelihood of their hidden pixels.
  ///
  /// The likelihood is a Laplace density of a pixel's mean absolute error over the channels. Its slope does
  /// not grow with the error, so single bad pixels do not dominate. It trains the deviations only: no
  /// gradient goes from it into the values.
  func loss(
    _ configuration: ResidualNetwork.Configuration, _ parameters: ParameterViews
  ) -> Tensor {
    let result = ResidualNetwork.outputs(features, configuration, parameters)
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
