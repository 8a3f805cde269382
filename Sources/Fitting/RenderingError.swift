/// The reason that a field cannot be rendered as requested, as one line for the user.
public enum RenderingError: Error, CustomStringConvertible, Equatable {
  /// The picture has too many pixels.
  case largePicture(width: Double, height: Double)
  /// The sound has no sample, or too many.
  case soundLength(frames: Double, most: Int)
  /// The model does not say how long its sound is.
  case unknownLength
  /// No clip has this number of frames per second.
  case frameRate(Double)
  /// The clip has no frame, or too many.
  case clipLength(frames: Double, most: Int)

  /// The message.
  public var description: String {
    switch self {
    case .largePicture(let width, let height):
      "a picture of \(Self.whole(width))x\(Self.whole(height)) is too large, expected at most "
        + "\(FieldRenderer.View.longestSide) per side and 100 million in all; pass a smaller --size or --scale"
    case .soundLength(let frames, let most):
      "a sound of \(Self.whole(frames)) samples cannot be written, expected 1 to \(most); "
        + "pass another --rate, --duration or --range"
    case .unknownLength:
      "the model does not say how long its sound is; pass --duration, and --rate if it is not 44100"
    case .frameRate(let rate):
      "a clip of \(rate) frames per second cannot be rendered, expected a number above 0; pass another --fps"
    case .clipLength(let frames, let most):
      "a clip of \(Self.whole(frames)) frames cannot be rendered, expected 1 to \(most); pass another --fps or --time"
    }
  }

  private static func whole(_ number: Double) -> String {
    abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }
}
