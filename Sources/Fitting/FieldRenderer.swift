import DifferentiableCore
import Fields
import Signals

/// Turns fields back into pictures.
public enum FieldRenderer {
  /// Coordinates evaluated at once; memory does not grow with the picture beyond the picture.
  private static let tilePoints = 16_384

  /// The picture of a field over the whole of -1...1, at any size.
  ///
  /// - Parameters:
  ///   - field: from (row, column) to values in -1...1, which become 0...1, clipped.
  ///   - width: of the picture, in pixels.
  ///   - height: of the picture.
  public static func image(of field: Siren, width: Int, height: Int) -> Image {
    precondition(
      field.architecture.coordinates == 2,
      "a picture needs a field of 2 coordinates, not \(field.architecture.coordinates)")
    let rows = CoordinateGrid.axis(size: height)
    let columns = CoordinateGrid.axis(size: width)
    let rowsPerTile = max(1, tilePoints / width)
    let tiles = Parallel.map((height + rowsPerTile - 1) / rowsPerTile) { tile -> [Float] in
      let own = tile * rowsPerTile..<min(height, (tile + 1) * rowsPerTile)
      var coordinates: [Float] = []
      coordinates.reserveCapacity(own.count * width * 2)
      for row in own {
        for column in columns {
          coordinates.append(rows[row])
          coordinates.append(column)
        }
      }
      return field.values(at: Tensor(coordinates, shape: [own.count * width, 2]))
        .withValues { $0.map { min(1, max(0, 0.5 * $0 + 0.5)) } }
    }
    return Image(
      width: width, height: height, channels: field.architecture.outputs,
      values: Array(tiles.joined()))
  }
}
