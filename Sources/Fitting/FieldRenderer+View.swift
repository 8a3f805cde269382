extension FieldRenderer.View {
  /// The most pixels of a picture along an axis.
  static let longestSide = 16_384
  /// The most pixels of a picture.
  private static let mostPixels = 100_000_000.0

  /// Creates the view of a fitted picture, or of a frame of a fitted clip.
  ///
  /// - Parameters:
  ///   - signal: the fitted signal; if it is unknown or a sound, the picture has 256x256 pixels.
  ///   - size: the size in pixels; nil for that of the signal.
  ///   - scale: the size as a multiple, above 0.
  ///   - range: the coordinates to show.
  /// - Throws: ``RenderingError/largePicture(width:height:)``.
  public init(
    of signal: FittedSignal?, size: (width: Int, height: Int)? = nil, scale: Double = 1,
    range: ClosedRange<Float> = -1...1
  ) throws {
    var (width, height) = (256, 256)
    switch signal {
    case .image(let fittedWidth, let fittedHeight, _),
      .video(let fittedWidth, let fittedHeight, _, _, _):
      (width, height) = (fittedWidth, fittedHeight)
    case .audio, .shape, nil: break
    }
    if let size { (width, height) = size }
    let sides = [width, height].map { max(1, (Double($0) * scale).rounded()) }
    // The product is compared last: it is finite where both sides are small.
    guard sides.allSatisfy({ $0 <= Double(Self.longestSide) }),
      sides[0] * sides[1] <= Self.mostPixels
    else { throw RenderingError.largePicture(width: sides[0], height: sides[1]) }
    self.init(width: Int(sides[0]), height: Int(sides[1]), range: range)
  }
}
