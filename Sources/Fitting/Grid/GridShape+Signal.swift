import Fields

extension GridShape {
  /// The grid with which a signal is fitted by default.
  ///
  /// - Parameters:
  ///   - signal: the size and channels of the signal.
  ///   - hiddenWidth: width of the sine layers; nil for 32.
  public static func standard(
    for signal: FittedSignal, hiddenWidth: Int? = nil
  ) -> GridShape {
    CellScale(signal).shape(ofSize: 1, width: hiddenWidth ?? usualWidth)
  }

  /// The grid of the smallest cells within a budget of parameters.
  ///
  /// A budget below that of one usual network makes it narrower, and where the width of 1 is too much, shallower.
  ///
  /// - Parameters:
  ///   - parameters: the most parameters of all cells.
  ///   - signal: the size and channels of the signal.
  ///   - cells: cells along each axis of the signal; nil chooses them.
  ///   - hiddenWidth: width of the sine layers; nil for 32, or less where the budget requires it.
  ///   - hiddenLayers: sine layers after the first; nil for 1, or less where the budget requires it.
  /// - Throws: ``FitError/fewParameters(_:least:)`` if the smallest network is beyond the budget.
  public static func within(
    _ parameters: Int, for signal: FittedSignal, cells: [Int]? = nil, hiddenWidth: Int? = nil,
    hiddenLayers: Int? = nil
  ) throws -> GridShape {
    let scale = CellScale(signal)
    let count = (cells ?? []).reduce(1) {
      let (product, isTooMuch) = $0.multipliedReportingOverflow(by: $1)
      return isTooMuch ? Int.max : product
    }
    let width = hiddenWidth ?? usualWidth
    let network = try scale.shape(ofSize: 1, width: width, layers: hiddenLayers).architecture
      .narrowed(
        to: parameters, copies: count, keepingWidth: hiddenWidth != nil,
        keepingDepth: hiddenLayers != nil)
    let shape = { (size: Double) in
      scale.shape(ofSize: size, width: network.hiddenWidth, layers: network.hiddenLayers)
    }
    if let cells {
      var shape = shape(1)
      shape.cells = cells
      return shape
    }
    // One cell is within the budget. Parameters fall with the size; the search is over its logarithm.
    var (low, high) = (min(scale.smallest, scale.largest), scale.largest)
    for _ in 0..<64 {
      let middle = (low * high).squareRoot()
      if shape(middle).parameterCount <= parameters { high = middle } else { low = middle }
    }
    return shape(high)
  }

  /// Width of the sine layers, one panel of the kernels.
  private static let usualWidth = 32

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
