/// Why a prior cannot be used as asked; one line for the user.
public enum PriorError: Error, CustomStringConvertible, Equatable {
  /// The observed points have other channels than the prior was trained on.
  case channels(expected: Int, actual: Int)
  /// The file is not a prior of this program.
  case notAPrior(path: String, problem: String)
  /// Numbers overflowed.
  case notFinite
  /// The picture is a blend of windows, each of which has a network of its own.
  case noSingleField
  /// A posterior was asked how uncertain it is, and was made without that.
  case withoutUncertainty
  /// There are not enough pictures.
  case tooFewPictures(split: String, count: Int)

  /// The message.
  public var description: String {
    switch self {
    case .channels(let expected, let actual):
      "the model works on pictures of \(expected) channel(s), got \(actual); "
        + "convert the picture or train with --channels \(actual)"
    case .notAPrior(let path, let problem):
      "'\(path)' is not a prior: \(problem). Pass a file written by 'siren-hyper train'."
    case .notFinite:
      "the generated network has values that are not finite; the model file may be damaged, "
        + "or the observed values are far outside 0 to 1"
    case .noSingleField:
      "a picture that was restored in windows has one network per window; "
        + "pass --no-windows, or a model of whole pictures"
    case .withoutUncertainty:
      "this posterior was made without its uncertainty, which variances, points to measure next and "
        + "random pictures need; make it with withUncertainty: true"
    case .tooFewPictures(let split, let count):
      "the \(split) split has \(count) usable pictures, too few; "
        + "add pictures and run 'siren-hyper dataset index' again"
    }
  }
}
