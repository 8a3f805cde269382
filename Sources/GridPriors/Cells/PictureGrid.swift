import Fields
import Signals

/// Pictures as grids of SIRENs of one sine layer.
public enum PictureGrid {
  /// A picture as a grid of SIRENs that agrees with it at its pixels and with the observations between them.
  ///
  /// - Parameters:
  ///   - image: values 0...1.
  ///   - observations: points of the same channels.
  /// - Returns: a field from (row, column) in -1...1 to values in -1...1.
  /// - Throws: `PriorError` if the grid is too large for a file, or `LinearAlgebraError` for values that are not
  ///   finite.
  public static func field(
    of image: Image, _ observations: PixelObservations
  ) throws -> SirenGrid {
    let cosines = CellCosines(GridPriorConfiguration(), width: image.width, height: image.height)
    return try cosines.field(of: image, try CellCorrection(image, observations, cosines))
  }
}
