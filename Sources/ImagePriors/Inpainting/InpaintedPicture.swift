import Signals

/// What comes of a picture, restored as a whole or in windows; see ``PictureInpainter``.
public struct InpaintedPicture: Sendable {
  /// At the picture's own size, values 0...1.
  public let rendered: Image
  /// The same with what was observed pasted in.
  public let pasted: Image
  /// At the size that was asked for, where that is another one.
  public let resized: Image?
  /// Number of windows, 0 for a picture that was restored as a whole.
  public let windows: Int
  /// What further training gained, where it was asked for.
  public let refined: FieldRefinement.Result?
  /// The predictive variances of values 0...1, `[height, width, c]`, where they were asked for.
  public let variance: [Float]?
  /// The points to measure next, best first, where they were asked for.
  public let next: [(row: Int, column: Int)]
}
