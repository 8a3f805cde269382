import Fields
import ImagePriors

extension HyperNetworkPrior: ImagePrior {
  /// Side of the square training pictures, in pixels.
  public var imageSize: Int { configuration.imageSize }
  /// Channels of a picture.
  public var channels: Int { configuration.channels }
  /// The scope: whole pictures.
  public var scope: PriorScope { .picture }
  /// The kind of the prior with its sizes.
  public var kind: PriorKind {
    .hypernetwork(
      encoder: configuration.encoder.rawValue, head: configuration.head.rawValue,
      fieldWidth: configuration.field.hiddenWidth,
      fieldLayers: configuration.field.hiddenLayers + 1)
  }

  /// Fields between two restored pictures.
  ///
  /// The latent vectors and the fitted changes of the output layers are interpolated linearly. The values of
  /// the pictures are not linear in the latent vectors.
  public func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] {
    precondition(steps >= 2, "an interpolation has two ends, got \(steps) steps")
    let ends = try [first, second].map { task in
      try code(explaining: task.observations, width: task.width, height: task.height)
    }
    return try (0..<steps).map { step in
      try field(of: ends[0].mixed(with: ends[1], share: Double(step) / Double(steps - 1)))
    }
  }
}
