/// An error that ends an evaluation; the description is one line.
public enum EvaluationPipelineError: Error, CustomStringConvertible, Equatable {
  /// Points to measure are compared on pictures of one size, and there are others.
  case sizes(first: String, other: String)

  /// The message.
  public var description: String {
    switch self {
    case .sizes(let first, let other):
      "points to measure are compared on pictures of one size, got \(first) and \(other); "
        + "resize the pictures, or pass --limit 1"
    }
  }
}
