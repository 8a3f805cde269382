import Signals

/// Settings of an inpainting and its additional results.
public struct InpaintingSettings: Sendable {
  /// Whether to restore overlapping windows; nil to follow the prior's training.
  public var inWindows: Bool?
  /// Whether observed pixels need no restored value, so that windows, and parts of large pictures, without a missing
  /// pixel are omitted; `InpaintedPicture.rendered` then has the observed values there.
  public var onlyMissing = false
  /// The size to render at in pixels; nil for the picture's own size.
  public var size: (width: Int, height: Int)?
  /// Whether to compute predictive variances.
  public var withVariance = false
  /// The number of points to measure next; nil for none.
  public var nextPoints: Int?
  /// The refinement of the network on the observed points; nil for none.
  public var refinement: FieldRefinement?

  /// Settings without additional results.
  public init() {}
}

/// Restores pictures with a prior, as a whole or in windows.
///
/// Additional results are a refinement, predictive variances and points to measure next.
///
/// ```swift
/// let inpainter = PictureInpainter(prior, model: "prior.safetensors", InpaintingSettings())
/// let picture = try inpainter.inpaint(task).pasted
/// ```
public struct PictureInpainter: Sendable {
  private let prior: any ImagePrior
  private let model: String
  private let settings: InpaintingSettings

  /// An inpainter for one prior.
  ///
  /// - Parameters:
  ///   - prior: the prior.
  ///   - model: the prior's file, for messages.
  ///   - settings: the way to restore a picture, and the additional results.
  public init(_ prior: any ImagePrior, model: String, _ settings: InpaintingSettings) {
    self.prior = prior
    self.model = model
    self.settings = settings
  }

  /// Whether pictures are restored in overlapping windows.
  public var isWindowed: Bool { settings.inWindows ?? (prior.scope == .window) }

  /// The size to which pictures are rendered; nil for their own.
  package var size: (width: Int, height: Int)? { settings.size }

  /// Restores a picture in its own channels; a grey one stays grey, in a colour file too.
  ///
  /// A prior of grey pictures restores each channel of a colour picture on its own. Points to measure next are then
  /// those for the picture's brightness. Of a prior of colour pictures, a grey picture gets the brightness.
  ///
  /// - Parameters:
  ///   - task: the picture, in its own channels.
  ///   - progress: called with the number of completed windows and their total, if there are windows.
  /// - Throws: ``PriorError``, ``NoPosterior``, ``PictureInpainterError``, `LinearAlgebraError` for values
  ///   that are not finite, or the errors of `progress`.
  public func inpaint(
    _ task: InpaintingTask, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> InpaintedPicture {
    let picture = try inpaintInOwnChannels(task, progress)
    // The colours of a picture that has one channel of its own are dropped when it is written.
    let hasColors = (task.source?.format.channels ?? 3) >= 3
    return hasColors && task.observations.isGrey ? picture.grey(task.observations) : picture
  }

  private func inpaintInOwnChannels(
    _ task: InpaintingTask, _ progress: (Int, Int) throws -> Void
  ) throws -> InpaintedPicture {
    switch ChannelConversion(of: task.observations, for: prior) {
    case .none: return try inpaintAny(task, progress)
    case .both:
      return try inpaintAny(task.converted(toChannels: prior.channels), progress)
        .converted(toChannelsOf: task.observations)
    case .oneByOne: return try inpaintOneByOne(task, progress)
    }
  }

  /// Restores each channel with a prior of grey pictures.
  private func inpaintOneByOne(
    _ task: InpaintingTask, _ progress: (Int, Int) throws -> Void
  ) throws -> InpaintedPicture {
    guard settings.refinement == nil else {
      throw PictureInpainterError.refinementOfChannels(model: model)
    }
    var next: [(row: Int, column: Int)] = []
    if settings.nextPoints != nil {
      var own = settings
      (own.size, own.withVariance) = (nil, false)
      next = try PictureInpainter(prior, model: model, own)
        .inpaintAny(task.converted(toChannels: 1), progress).next
    }
    var each = settings
    each.nextPoints = nil
    let inpainter = PictureInpainter(prior, model: model, each)
    let count = task.observations.channels
    let channels = try (0..<count).map { channel in
      try inpainter.inpaintAny(task.channel(channel)) { done, total in
        try progress(channel * total + done, count * total)
      }
    }
    return InpaintedPicture(joining: channels, task.observations, next: next)
  }

  private func inpaintAny(
    _ task: InpaintingTask, _ progress: (Int, Int) throws -> Void
  ) throws -> InpaintedPicture {
    let posteriors =
      settings.withVariance || settings.nextPoints != nil
      ? try prior.posteriors(for: .uncertainty, model: model) : nil
    guard isWindowed else { return try inpaintWhole(task, posteriors) }
    guard !prior.keepsChannels else {
      throw PictureInpainterError.windowsOfAnyPicture(model: model)
    }
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
    if settings.onlyMissing, prior.keepsChannels, posteriors == nil, settings.refinement == nil,
      otherSize(task) == nil, task.table == nil,
      let picture = try prior.inpaintMissing(task.observations, task.mask)
    {
      return InpaintedPicture(
        rendered: picture, pasted: picture, resized: nil, windows: 0, allWindows: 0, refined: nil,
        variance: nil, next: [])
    }
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
    let (result, resized) = try rendered(inpainting, task)
    return InpaintedPicture(
      rendered: result.rendered, pasted: result.pasted, resized: resized,
      windows: 0, allWindows: 0, refined: refined, variance: variance, next: next)
  }

  /// The picture at its own and at the requested size; nil if that is its own.
  ///
  /// - Parameter inpainting: the picture, where it is computed already.
  private func rendered(
    _ inpainting: Inpainting?, _ task: InpaintingTask
  ) throws -> (own: Inpainting, other: Image?) {
    let (width, height) = (task.width, task.height)
    guard let size = otherSize(task) else {
      return (
        try inpainting ?? prior.inpaint(task.observations, width: width, height: height), nil
      )
    }
    if let inpainting, inpainting.field != nil {
      return (inpainting, inpainting.rendered(width: size.width, height: size.height))
    }
    let (own, other) = try prior.inpaint(
      task.observations, width: width, height: height, otherSize: size)
    return (inpainting ?? own, other)
  }

  private func inpaintWindows(
    _ task: InpaintingTask, _ progress: (Int, Int) throws -> Void
  ) throws -> InpaintedPicture {
    let result = try WindowedInpainting(
      prior, task.observations, width: task.width, height: task.height,
      otherSize: otherSize(task), withVariance: settings.withVariance,
      onlyMissing: settings.onlyMissing, progress: progress)
    return InpaintedPicture(
      rendered: result.rendered, pasted: result.pasted, resized: result.resized,
      windows: result.windows, allWindows: result.allWindows, refined: nil,
      variance: result.variance, next: [])
  }

  /// The requested size; nil if it is the picture's own size.
  private func otherSize(_ task: InpaintingTask) -> (width: Int, height: Int)? {
    settings.size.flatMap { $0 == (task.width, task.height) ? nil : $0 }
  }
}

/// A request that is impossible in windows; the description is one line.
public enum PictureInpainterError: Error, CustomStringConvertible, Equatable {
  /// Points to measure next need the picture as a whole.
  case nextPointsInWindows(model: String)
  /// Refinement needs one network for the picture as a whole.
  case refinementInWindows(model: String)
  /// Refinement needs one network, and a model of grey pictures has one for each channel of a colour picture.
  case refinementOfChannels(model: String)
  /// The model restores pictures of any size as a whole.
  case windowsOfAnyPicture(model: String)

  /// The message.
  public var description: String {
    switch self {
    case .nextPointsInWindows(let model):
      "'\(model)' was trained on windows, and --next works on the picture as a whole; "
        + "pass --no-windows, or another --model"
    case .refinementInWindows(let model):
      "'\(model)' was trained on windows, and --refine works on the picture as a whole; "
        + "pass --no-windows, or another --model"
    case .refinementOfChannels(let model):
      "'\(model)' was trained on grey pictures and restores each channel of a colour picture on its own, "
        + "and --refine works on one network; omit --refine, or pass a --model of colour pictures"
    case .windowsOfAnyPicture(let model):
      "'\(model)' restores pictures of any size as a whole; omit --windows"
    }
  }
}
