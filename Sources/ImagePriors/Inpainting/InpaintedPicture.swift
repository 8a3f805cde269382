import Signals

/// A picture restored as a whole or in windows; see ``PictureInpainter``.
public struct InpaintedPicture: Sendable {
  /// The result at the picture's own size, values 0...1.
  public let rendered: Image
  /// The same with the observed values pasted in.
  public let pasted: Image
  /// The result at the requested size; nil if that is the picture's own size.
  public let resized: Image?
  /// Number of restored windows, 0 for a picture that was restored as a whole.
  public let windows: Int
  /// Number of windows that cover the picture; those in which no pixel is missing may be omitted.
  public let allWindows: Int
  /// The result of a requested refinement.
  public let refined: FieldRefinement.Result?
  /// The requested predictive variances, `[height, width, c]`, for values 0...1.
  public let variance: [Float]?
  /// The requested points to measure next, best first.
  public let next: [(row: Int, column: Int)]
}
