import CommandSupport
import Foundation
import ImagePriors
import Signals

/// What comes of a picture, restored as a whole or in windows.
struct InpaintedPicture {
  /// At the picture's own size.
  let rendered: Image
  /// The same with what was observed pasted in.
  let pasted: Image
  /// At the size that was asked for, where that is another one.
  let resized: Image?
  /// Number of windows, 0 for a picture that was restored as a whole.
  let windows: Int
  /// What further training gained, where it was asked for.
  let refined: FieldRefinement.Result?
  /// Why it was restored so, where that is worth a line.
  let reason: String?
  /// `[height, width, c]`, where it was asked for.
  let variance: [Float]?
  /// The points to measure next, best first, where they were asked for.
  let next: [(row: Int, column: Int)]
}

extension InpaintCommand {
  /// Restores the picture in the way that was asked for, or that the model was learned for.
  func restore(
    _ prior: any ImagePrior, from path: String, _ task: InpaintingTask
  ) throws -> InpaintedPicture {
    let posteriors = uncertainty != nil || next != nil ? prior.posteriors() : nil
    if uncertainty != nil || next != nil, posteriors == nil {
      throw CommandFailure.data(
        "'\(path)' is a trained network and does not say how sure it is; "
          + "learn a prior with 'siren-hyper train --prior subspace'")
    }
    guard windows ?? (prior.scope == .window) else {
      return try restoreWhole(prior, posteriors, task)
    }
    guard next == nil else {
      throw CommandFailure.data(
        "'\(path)' was learned from windows, and --next looks at the picture as a whole; "
          + "pass --no-windows, or another --model")
    }
    guard refine == nil else {
      throw CommandFailure.data(
        "'\(path)' was learned from windows, and --refine is for a picture as a whole; "
          + "pass --no-windows, or another --model")
    }
    return try restoreWindows(prior, task)
  }

  /// The size to write, unless it is the picture's own.
  private func otherSize(_ task: InpaintingTask) -> (width: Int, height: Int)? {
    size.flatMap {
      $0.width == task.width && $0.height == task.height ? nil : ($0.width, $0.height)
    }
  }

  private func restoreWhole(
    _ prior: any ImagePrior, _ posteriors: (any PosteriorSource)?, _ task: InpaintingTask
  ) throws -> InpaintedPicture {
    let (width, height) = (task.width, task.height)
    var inpainting: Inpainting?
    var variance: [Float]?
    var points: [(row: Int, column: Int)] = []
    if let posteriors {
      let posterior = try posteriors.posterior(
        task.observations, width: width, height: height, withUncertainty: true)
      inpainting = posterior.inpainting(task.observations, width: width, height: height)
      if uncertainty != nil { variance = try posterior.variance(width: width, height: height) }
      if let next { points = try posterior.nextPoints(next, excluding: task.mask) }
    }
    let refined = try refine.map {
      try prior.field(
        explaining: task.observations, width: width, height: height,
        refinedBy: FieldRefinement(steps: $0))
    }
    if let refined {
      inpainting = Inpainting(of: refined.field, task.observations, width: width, height: height)
    }
    let result =
      try inpainting ?? prior.inpaint(task.observations, width: width, height: height)
    let isLarge = max(task.width, task.height) > 2 * prior.imageSize
    let reason =
      windows == nil && isLarge
      ? "as a whole, as the model was learned from whole pictures; --windows restores parts" : nil
    return InpaintedPicture(
      rendered: result.rendered, pasted: result.pasted,
      resized: otherSize(task).map { result.rendered(width: $0.width, height: $0.height) },
      windows: 0, refined: refined, reason: reason, variance: variance, next: points)
  }

  private func restoreWindows(_ prior: any ImagePrior, _ task: InpaintingTask) throws
    -> InpaintedPicture
  {
    let interruption = Interruption()
    let progress = ProgressReporter("Restoring", unit: "windows", quiet: printing.quiet)
    let result = try WindowedInpainting(
      prior, task.observations, width: task.width, height: task.height,
      otherSize: otherSize(task), withVariance: uncertainty != nil,
      progress: { done, total in
        progress.update(done, of: total)
        if interruption.isRequested {
          throw CommandFailure.data("interrupted; nothing was written")
        }
      })
    progress.finish()
    let side = prior.imageSize
    let why = windows == nil ? ", as the model was learned from windows" : ""
    return InpaintedPicture(
      rendered: result.rendered, pasted: result.pasted, resized: result.resized,
      windows: result.windows, refined: nil,
      reason: "in \(result.windows) overlapping windows of \(side)x\(side)" + why,
      variance: result.variance, next: [])
  }
}
