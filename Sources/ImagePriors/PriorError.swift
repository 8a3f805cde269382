import Files

/// An error in the use of a prior; the description is one line.
public enum PriorError: Error, CustomStringConvertible, Equatable {
  /// The observed points differ in channels from the training pictures.
  case channels(expected: Int, actual: Int)
  /// The file is not a prior of this program.
  case notAPrior(path: String, problem: String)
  /// A computation overflowed.
  case notFinite
  /// The picture is a blend of windows, each of which has its own network.
  case noSingleField
  /// The prior generates a grid of networks, and one network is needed.
  case gridOfNetworks
  /// Pictures of the prior have no codes between which to interpolate.
  case noCodes
  /// The prior restores pictures, and there is nothing to restore one from.
  case needsObservations
  /// The windows' networks together are too large for a file.
  case fieldTooLarge(windows: Int, parameters: Int, most: Int)
  /// The posterior was made without its uncertainty.
  case withoutUncertainty
  /// A split has too few pictures.
  case tooFewPictures(split: String, count: Int)

  /// The message.
  public var description: String {
    switch self {
    case .channels(let expected, let actual):
      "the model was trained on pictures of \(expected) channel(s), got \(actual); "
        + "convert the picture, or train with --channels \(actual)"
    case .notAPrior(let path, let problem):
      "'\(path.onOneLine)' is not a prior: \(problem.onOneLine); pass a file that 'siren-hyper train' "
        + "wrote"
    case .notFinite:
      "the generated network has values that are not finite; the model file may be damaged, "
        + "or the observed values are far outside 0 to 1"
    case .noSingleField:
      "a picture that was restored in windows has one network per window; "
        + "pass --no-windows, or a model of whole pictures"
    case .gridOfNetworks:
      "the model generates a grid of networks, and one network is needed for this; omit --refine, or "
        + "pass a model of aligned pictures"
    case .noCodes:
      "pictures of this model have no codes to interpolate between; pass a model of aligned pictures, "
        + "such as --model faces"
    case .needsObservations:
      "the model restores pictures of any kind and has no picture of its own; pass a picture with "
        + "observed pixels, such as --given photo.png --keep 10%"
    case .fieldTooLarge(let windows, let parameters, let most):
      "the picture needs \(windows) windows of \(parameters) parameters, and a file has room for "
        + "\(most) in all; use a smaller picture, or restore it with 'siren-hyper inpaint'"
    case .withoutUncertainty:
      "variances, points to measure and random pictures need the posterior's uncertainty; "
        + "compute the posterior with withUncertainty: true"
    case .tooFewPictures(let split, let count):
      "the \(split) split has too few usable pictures: \(count); "
        + "add pictures and run 'siren-hyper dataset index' again"
    }
  }
}
