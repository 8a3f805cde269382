import Signals

/// The shape of the hidden part of a picture.
public enum MaskKind: String, Sendable, CaseIterable {
  /// Single pixels are observed, at random.
  case random
  /// One rectangle is hidden.
  case block
  /// The left, right, upper or lower half is hidden; the count is ignored.
  case half
  /// Thick strokes are hidden.
  case strokes
  /// Whole rows are observed, at equal distances.
  case lines
  /// The pixels along a spiral from the centre are observed.
  case spiral

  /// Whether the observed pixels are spread over the whole picture, so that any number of them can be observed.
  public var isSparse: Bool {
    switch self {
    case .random, .lines, .spiral: true
    case .block, .half, .strokes: false
    }
  }

  /// A mask of this kind; see `PixelMask.random`, `.block`, `.half`, `.strokes`, `.lines` and `.spiral`.
  ///
  /// - Parameters:
  ///   - width: columns of the picture.
  ///   - height: rows of the picture.
  ///   - count: the number of pixels to observe, 0 to all; `half` ignores it, `lines` and `spiral` observe about as
  ///     many.
  ///   - seed: the seed of the mask.
  public func mask(width: Int, height: Int, keeping count: Int, seed: UInt64) -> PixelMask {
    switch self {
    case .random: PixelMask.random(width: width, height: height, keeping: count, seed: seed)
    case .block: PixelMask.block(width: width, height: height, keeping: count, seed: seed)
    case .half: PixelMask.half(width: width, height: height, seed: seed)
    case .strokes: PixelMask.strokes(width: width, height: height, keeping: count, seed: seed)
    case .lines: PixelMask.lines(width: width, height: height, keeping: count, seed: seed)
    case .spiral: PixelMask.spiral(width: width, height: height, keeping: count, seed: seed)
    }
  }
}
