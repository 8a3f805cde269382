import Fields

extension GridShape {
  /// Samples of a picture's cell along each axis: 1.4 parameters per pixel of three channels.
  private static let pictureSide = 29.7
  /// Pixels of a clip's cell along each axis, and its number of frames.
  private static let clipSide = 24.0
  private static let clipFrames = 8.0
  /// Frames of a sound's cell.
  private static let soundLength = 512.0

  /// The grid with which a signal is fitted by default.
  ///
  /// - Parameters:
  ///   - signal: the size and channels of the signal.
  ///   - parameters: the approximate most parameters of all cells; nil for the default number per sample.
  ///   - hiddenWidth: width of the sine layers; nil for 32.
  public static func standard(
    for signal: FittedSignal, parameters: Int? = nil, hiddenWidth: Int? = nil
  ) -> GridShape {
    let width = hiddenWidth ?? 32
    switch signal {
    case .image(let columns, let rows, let channels):
      let shape = { (side: Double) in
        GridShape(
          extents: [rows, columns], channels: channels, side: [side, side], overlap: 1,
          omegaFirst: Float(20 * side / pictureSide), hiddenWidth: width)
      }
      return within(parameters, shape, from: pictureSide)
    case .audio(_, let frames, let channels, _):
      let shape = { (length: Double) in
        GridShape(
          extents: [frames], channels: channels, side: [length], overlap: 16,
          omegaFirst: Float(120 * length / soundLength), hiddenWidth: width)
      }
      return within(parameters, shape, from: soundLength)
    case .video(let columns, let rows, let channels, let frames, _):
      let shape = { (side: Double) in
        GridShape(
          extents: [frames, rows, columns], channels: channels,
          side: [side * clipFrames / clipSide, side, side], overlap: 1,
          omegaFirst: Float(20 * side / pictureSide), hiddenWidth: width)
      }
      return within(parameters, shape, from: clipSide)
    case .shape:
      // A distance has no samples of its own; cells as large as those of a clip divide a cube of 256 per side.
      let shape = { (side: Double) in
        GridShape(
          extents: [256, 256, 256], channels: 1, side: [side, side, side], overlap: 1,
          omegaFirst: Float(20 * side / pictureSide), hiddenWidth: width)
      }
      return within(parameters, shape, from: clipSide)
    }
  }

  /// The shape of the smallest cells that stay within a number of parameters.
  private static func within(
    _ parameters: Int?, _ shape: (Double) -> GridShape, from usual: Double
  ) -> GridShape {
    guard let parameters else { return shape(usual) }
    var (low, high) = (2.0, 1e9)
    // Parameters fall with the side; the search is over its logarithm.
    for _ in 0..<64 {
      let middle = (low * high).squareRoot()
      if shape(middle).parameterCount <= parameters { high = middle } else { low = middle }
    }
    return shape(high)
  }

  /// Whether a grid suits a signal better than one network, which is the case if it has several cells.
  public static func suits(_ signal: FittedSignal) -> Bool {
    // No objective of a single network reads a clip in parts.
    if case .video = signal { return true }
    // Distances are learned from points, which are not on a grid.
    if case .shape = signal { return false }
    let cells = standard(for: signal).cells
    return cells.reduce(1, *) >= 4
  }
}
