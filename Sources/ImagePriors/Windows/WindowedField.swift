import Fields
import Fitting
import Numerics
import Signals

/// A picture restored in overlapping windows as one field: a grid of the windows' networks, blended by its windows.
///
/// Rendered at the picture's size it is the picture of ``WindowedInpainting`` for the same points. It can be written
/// to a file, rendered at other sizes, and differentiated. Its memory grows with the number of windows.
public struct WindowedField: Sendable {
  /// From (row, column) in -1...1 to values in -1...1.
  public let field: SirenGrid
  /// Number of windows.
  public var windows: Int { field.grid.count }

  /// Restores a picture window by window, and keeps the windows' networks.
  ///
  /// - Parameters:
  ///   - prior: the prior, whose pictures have the size of a window.
  ///   - observations: points of values 0...1 in the prior's channels.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels.
  ///   - progress: called with the number of completed windows and their total.
  /// - Throws: ``PriorError``, `LinearAlgebraError` for values that are not finite, or the errors of
  ///   `progress`.
  public init(
    _ prior: any ImagePrior, _ observations: PixelObservations, width: Int, height: Int,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let size = prior.imageSize
    let grid = WindowGrid(width: width, height: height, size: size)
    guard let rows = CellAxis(samples: height, starts: grid.rows, size: size),
      let columns = CellAxis(samples: width, starts: grid.columns, size: size)
    else { throw PriorError.noSingleField }
    let points = grid.parts(of: observations)
    var sirens: [Siren] = []
    for start in stride(from: 0, to: grid.count, by: WindowedInpainting.chunk) {
      let count = min(WindowedInpainting.chunk, grid.count - start)
      sirens += try Parallel.map(count) { offset in
        try prior.field(explaining: points[start + offset], width: size, height: size)
      }
      // Networks may differ in width, so the room is checked for what there is so far.
      let parameters = sirens.reduce(0) { max($0, $1.parameterCount) }
      guard grid.count <= FieldFile.mostParameters / (parameters + 1) else {
        throw PriorError.fieldTooLarge(
          windows: grid.count, parameters: parameters, most: FieldFile.mostParameters)
      }
      try progress(start + count, grid.count)
    }
    let trust = points.map { WindowGrid.trust(in: $0) }
    guard
      let field = SirenGrid(
        CellGrid([rows, columns]), ofPictures: sirens,
        cellWeights: Set(trust).count > 1 ? trust : nil)
    else { throw PriorError.noSingleField }
    self.field = field
  }
}

extension SirenGrid {
  /// A grid of networks each of which maps -1...1 from the centre of its cell's first sample to that of its last one.
  ///
  /// Networks of different widths become as wide as the widest one; nil if they differ otherwise.
  fileprivate init?(_ grid: CellGrid, ofPictures sirens: [Siren], cellWeights: [Float]?) {
    let width = sirens.reduce(0) { max($0, $1.architecture.hiddenWidth) }
    guard var shape = sirens.first?.architecture else { return nil }
    shape.hiddenWidth = width
    // From border to border instead of from centre to centre.
    let factors = grid.axes.map { Float($0.length / max(1, $0.length - 1)) }
    var parameters: [Float] = []
    parameters.reserveCapacity(sirens.count * shape.parameterCount)
    for siren in sirens {
      let wide = siren.widened(to: width)
      guard wide.architecture == shape else { return nil }
      parameters += wide.scalingCoordinates(by: factors).parameters.values
    }
    self.init(grid, shape, parameters: parameters, cellWeights: cellWeights)
  }
}
