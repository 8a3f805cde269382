/// The reason why a training cannot continue; the description is one line.
public enum TrainingError: Error, CustomStringConvertible, Equatable {
  /// The loss is not a number at this step.
  case diverged(step: Int)
  /// The checkpoint belongs to another run, or is damaged.
  case otherRun(path: String, problem: String)

  /// The message.
  public var description: String {
    switch self {
    case .diverged(let step):
      "the loss is not a number at step \(step); try a smaller --learning-rate"
    case .otherRun(let path, let problem):
      "'\(path)' belongs to another run: \(problem). "
        + "Repeat the original options, or start again without --resume."
    }
  }
}
