/// The reason that a fit failed, as one line for the user.
public enum FitError: Error, CustomStringConvertible, Equatable {
  /// Every sample of the sound is 0.
  case silence
  /// The smallest network has more parameters than allowed.
  case fewParameters(Int, least: Int)
  /// The loss diverged again after every gentler restart.
  case diverged(step: Int, restarts: Int, learningRate: Float)

  /// The message, with a suggestion for what to try next.
  public var description: String {
    switch self {
    case .silence:
      "the sound is silent: every sample is 0, and there is nothing to fit; pass another file"
    case .fewParameters(let parameters, let least):
      "\(parameters) parameters are too few: the smallest field has \(least); allow as many, or choose fewer cells or "
        + "a smaller width or depth"
    case .diverged(let step, let restarts, let rate):
      "the fit diverged at step \(step), the last time with a learning rate of \(rate), after "
        + "\(restarts) gentler restarts; pass a smaller --learning-rate or --omega"
    }
  }
}
