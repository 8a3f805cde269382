import DifferentiableCore

/// A piece of a batch, as tensors.
struct CorrectionBatch: Sendable {
  /// What the network is shown, `[b, size, size, inputs]`.
  private let features: Tensor
  /// What a correction of 1 is worth, `[b, size, size, 1]`.
  private let scale: Tensor
  /// What the Gaussian posterior lacks, `[b, size, size, c]`.
  private let missing: Tensor
  /// Weights of the squared errors, `[b, 1, 1, 1]`.
  private let weights: Tensor

  /// - Parameters:
  ///   - examples: all there are.
  ///   - indices: those of this piece.
  ///   - mirrored: whether each is seen in a mirror.
  init(_ examples: CorrectionExamples, _ indices: [Int], mirroredBy mirrored: [Bool]) {
    let (size, channels) = (examples.pictures.size, examples.pictures.channels)
    var (features, scale, missing): ([Float], [Float], [Float]) = ([], [], [])
    features.reserveCapacity(indices.count * size * size * (2 * channels + 2))
    for (index, isMirrored) in zip(indices, mirrored) {
      let (inputs, truth) = examples.shown(index, isMirrored: isMirrored)
      inputs.appendFeatures(to: &features)
      scale += inputs.scale
      missing += zip(truth, inputs.gaussian).map { $0 - $1 }
    }
    let grid = [indices.count, size, size]
    self.features = Tensor(features, shape: grid + [2 * channels + 2])
    self.scale = Tensor(scale, shape: grid + [1])
    self.missing = Tensor(missing, shape: grid + [channels])
    weights = Tensor(indices.map { examples.items[$0].weight }, shape: [indices.count, 1, 1, 1])
  }

  /// The weighted mean squared error of each example's values, summed over the examples.
  func loss(
    _ configuration: CorrectionNetwork.Configuration, _ parameters: ParameterViews
  ) -> Tensor {
    let corrections = CorrectionNetwork.corrections(features, configuration, parameters)
    let values = Float(missing.count / missing.shape[0])
    return ((corrections * scale - missing).squared() * weights).sum() * (1 / values)
  }
}

extension CorrectionExamples {
  /// What the network is shown of an example, and what is true.
  func shown(_ index: Int, isMirrored: Bool) -> (inputs: CorrectionInputs, truth: [Float]) {
    let item = items[index]
    let values = pictures.values(at: item.picture)
    let truth = item.isMirrored ? values.mirrored(size: pictures.size) : values
    let inputs = item.inputs(truth: truth)
    return isMirrored
      ? (inputs.mirrored(size: pictures.size), truth.mirrored(size: pictures.size))
      : (inputs, truth)
  }
}
