/// The cells of a signal at any size.
///
/// The frequency scale of the first layer does not depend on the size, because what a network can show of its cell
/// depends on its parameters alone; see Docs/EXPERIMENTS.md, "Which first omega suits cells of other sizes?"
struct CellScale {
  private let extents: [Int]
  private let channels: Int
  /// Samples of a usual cell along each axis.
  private let usual: [Double]
  private let overlap: Double
  /// The frequency scale of the first layer.
  private let omega: Float

  /// The usual cells: 29.7x29.7 pixels of a picture, which is 1.4 parameters per pixel of three channels; 24x24 pixels
  /// of 8 frames of a clip; 512 frames of a sound.
  init(_ signal: FittedSignal) {
    channels = signal.shape.outputs
    extents = signal.extents
    switch signal {
    case .image:
      usual = [29.7, 29.7]
      overlap = 1
      omega = 20
    case .audio:
      usual = [512]
      overlap = 16
      omega = 120
    case .video:
      usual = [8, 24, 24]
      overlap = 1
      omega = 20 * 24 / 29.7
    case .shape:
      usual = [24, 24, 24]
      overlap = 1
      omega = 20 * 24 / 29.7
    }
  }

  /// The size at which one cell has the whole signal, as a multiple of the usual cell's.
  var largest: Double { zip(extents, usual).map { Double($0) / $1 }.max() ?? 1 }

  /// The size of cells of two samples along the longest axis of a cell.
  var smallest: Double { 2 / (usual.max() ?? 2) }

  /// The grid of cells of a size, as a multiple of the usual cell's.
  func shape(ofSize size: Double, width: Int, layers: Int? = nil) -> GridShape {
    var shape = GridShape(
      extents: extents, channels: channels, side: usual.map { $0 * size }, overlap: overlap,
      omegaFirst: omega, hiddenWidth: width)
    if let layers { shape.architecture.hiddenLayers = layers }
    return shape
  }
}
