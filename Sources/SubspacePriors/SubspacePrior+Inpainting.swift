import DifferentiableCore
import Fields
import ImagePriors
import Numerics
import Signals
import Training

extension SubspacePrior: ImagePrior {
  /// A description of the prior.
  public var kind: PriorKind {
    .subspace(
      components: codeLength, functions: basis.count, codes: codeCount, mirrors: mirror != nil,
      residual: residualNetwork.map {
        ResidualNetworkSummary(
          parameters: $0.network.parameters.values.count,
          neighbours: $0.network.configuration.neighbourhood.map { Int($0) })
      })
  }

  /// The mean of the posterior; see `ImagePrior`.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> Siren {
    try posterior(observations, width: width, height: height, withUncertainty: false).field
  }

  /// The mean of the posterior as a picture; see `ImagePrior`.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    try posterior(observations, width: width, height: height, withUncertainty: false)
      .inpainting(observations, width: width, height: height)
  }

  /// Fields between two restored pictures.
  ///
  /// The mean is linear in the code, so each value of the pictures is interpolated linearly.
  public func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] {
    precondition(steps >= 2, "an interpolation has two ends, got \(steps) steps")
    let ends = try [first, second].map { task in
      try posterior(
        task.observations, width: task.width, height: task.height, withUncertainty: false
      ).series
    }
    return try (0..<steps).map { step in
      try field(ends[0].mixed(with: ends[1], share: Double(step) / Double(steps - 1)))
    }
  }

  /// The posteriors of pictures, with the prior's own grid prepared.
  public func posteriors() -> (any PosteriorSource)? {
    SubspacePosteriorSource(prior: self, targets: gridTargets)
  }

  /// The posterior distribution of a picture given some of its values.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points, values 0...1, in the prior's channels; repeated points are
  ///     averaged, and their order does not matter.
  ///   - width: width in pixels of the picture to which positions refer.
  ///   - height: height of that picture. A picture that is not square is stretched over the prior's square.
  ///   - withUncertainty: whether `variance`, `nextPoints` or `samples` will be called, which takes longer.
  ///     Otherwise they throw `PriorError/withoutUncertainty`.
  /// - Throws: `PriorError` if the channels do not fit or a number is not finite.
  public func posterior(
    _ observations: PixelObservations, width: Int, height: Int, withUncertainty: Bool = true
  ) throws -> SubspacePosterior {
    try SubspacePosterior(
      self, observations, width: width, height: height, withCovariance: withUncertainty)
  }
}

extension SubspacePrior {
  /// The field of a picture, with values in -1...1.
  ///
  /// - Throws: `PriorError/notFinite`.
  func field(_ series: CosineSeries) throws -> Siren {
    // From 0...1 to -1...1.
    var values = channelAxes.transposed().multiplied(by: series.coefficients)
    for index in values.values.indices { values.values[index] *= 2 }
    guard
      let field = series.basis.siren(
        values, offsets: [Double](repeating: -1, count: channels))
    else { throw PriorError.notFinite }
    return field
  }

  /// The pixels of a picture, or of a window, of the prior's size.
  var gridTargets: PriorTargets {
    PriorTargets(self, CoordinateGrid.points(height: imageSize, width: imageSize))
  }
}
