import Signals

/// How a picture is restored, and what is wanted beside it.
public struct InpaintingSettings: Sendable {
  /// Whether in overlapping windows; nil as the prior was learned.
  public var inWindows: Bool?
  /// The size to render at, in pixels; nil for the picture's own.
  public var size: (width: Int, height: Int)?
  /// Whether variances are wanted.
  public var withVariance = false
  /// How many points to measure next are wanted.
  public var nextPoints: Int?
  /// How the network is trained further on the observed points.
  public var refinement: FieldRefinement?

  /// The picture alone, in the way that the prior was learned.
  public init() {}
}

/// Restores pictures by a prior: as a whole or in windows, with refinement, variances, and points to measure
/// next.
///
/// ```swift
/// let inpainter = PictureInpainter(prior, model: "prior.safetensors", InpaintingSettings())
/// let picture = try inpainter.inpaint(task).pasted
/// ```
public struct PictureInpainter: Sendable {
  private let prior: any ImagePrior
  private let model: String
  private let settings: InpaintingSettings

  /// An inpainter.
  ///
  /// - Parameters:
  ///   - prior: that explains the points.
  ///   - model: the prior's file, for messages.
  ///   - settings: how, and what beside the picture.
  public init(_ prior: any ImagePrior, model: String, _ settings: InpaintingSettings) {
    self.prior = prior
    self.model = model
    self.settings = settings
  }

  /// Whether pictures are restored in overlapping windows.
  public var isWindowed: Bool { settings.inWindows ?? (prior.scope == .window) }

  /// Restores a picture.
  ///
  /// - Parameters:
  ///   - task: in the prior's channels.
  ///   - progress: told how many of how many windows are done, where there are windows.
  /// - Throws: ``PriorError``, ``NoPosterior``, ``PictureInpainterError``, `LinearAlgebraError` for values
  ///   that are not finite, or what `progress` throws.
  public func inpaint(
    _ task: InpaintingTask, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> InpaintedPicture {
    let posteriors =
      settings.withVariance || settings.nextPoints != nil
      ? try prior.posteriors(for: .uncertainty, model: model) : nil
    guard isWindowed else { return try inpaintWhole(task, posteriors) }
    guard settings.nextPoints == nil else {
      throw PictureInpainterError.nextPointsInWindows(model: model)
    }
    guard settings.refinement == nil else {
      throw PictureInpainterError.refinementInWindows(model: model)
    }
    return try inpaintWindows(task, progress)
  }

  private func inpaintWhole(
    _ task: InpaintingTask, _ posteriors: (any PosteriorSource)?
  ) throws -> InpaintedPicture {
    let (width, height) = (task.width, task.height)
    var inpainting: Inpainting?
    var variance: [Float]?
    var next: [(row: Int, column: Int)] = []
    if let posteriors {
      let posterior = try posteriors.posterior(
        task.observations, width: width, height: height, withUncertainty: true)
      inpainting = posterior.inpainting(task.observations, width: width, height: height)
      if settings.withVariance {
        variance = try posterior.variance(width: width, height: height)
      }
      if let count = settings.nextPoints {
        next = try posterior.nextPoints(count, excluding: task.mask)
      }
    }
    let refined = try settings.refinement.map {
      try prior.field(
        explaining: task.observations, width: width, height: height, refinedBy: $0)
    }
    if let refined {
      inpainting = Inpainting(of: refined.field, task.observations, width: width, height: height)
    }
    let result =
      try inpainting ?? prior.inpaint(task.observations, width: width, height: height)
    return InpaintedPicture(
      rendered: result.rendered, pasted: result.pasted,
      resized: otherSize(task).map { result.rendered(width: $0.width, height: $0.height) },
      windows: 0, refined: refined, variance: variance, next: next)
  }

  private func inpaintWindows(
    _ task: InpaintingTask, _ progress: (Int, Int) throws -> Void
  ) throws -> InpaintedPicture {
    let result = try WindowedInpainting(
      prior, task.observations, width: task.width, height: task.height,
      otherSize: otherSize(task), withVariance: settings.withVariance, progress: progress)
    return InpaintedPicture(
      rendered: result.rendered, pasted: result.pasted, resized: result.resized,
      windows: result.windows, refined: nil, variance: result.variance, next: [])
  }

  /// The size to render at, unless it is the picture's own.
  private func otherSize(_ task: InpaintingTask) -> (width: Int, height: Int)? {
    settings.size.flatMap { $0 == (task.width, task.height) ? nil : $0 }
  }
}

/// Why a picture cannot be restored in windows as asked; one line for the user.
public enum PictureInpainterError: Error, CustomStringConvertible, Equatable {
  /// Points to measure next are of the picture as a whole.
  case nextPointsInWindows(model: String)
  /// Refinement is of the network of the picture as a whole.
  case refinementInWindows(model: String)

  /// The message.
  public var description: String {
    switch self {
    case .nextPointsInWindows(let model):
      "'\(model)' was learned from windows, and --next looks at the picture as a whole; "
        + "pass --no-windows, or another --model"
    case .refinementInWindows(let model):
      "'\(model)' was learned from windows, and --refine is for a picture as a whole; "
        + "pass --no-windows, or another --model"
    }
  }
}
