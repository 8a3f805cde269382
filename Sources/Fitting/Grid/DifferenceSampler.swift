import DifferentiableCore
import Fields

/// Cuts the known differences of a picture into the windows of each cell of a grid.
package struct DifferenceSampler: Sendable {
  let differences: GridDifferences
  let grid: CellGrid
  /// The approximate number of points of a window.
  let batch: Int
  /// The weight of the values beside the differences.
  let valueWeight: Float

  /// A sampler from its parts.
  package init(
    differences: GridDifferences, grid: CellGrid, batch: Int, valueWeight: Float
  ) {
    self.differences = differences
    self.grid = grid
    self.batch = batch
    self.valueWeight = valueWeight
  }

  /// What a cell learns from, with coordinates local to the cell.
  package func samples(of cell: Int) -> CellDifferences {
    let support = grid.support(of: cell)
    let (rows, columns) = (support[0], support[1])
    let windows = windows(of: cell)
    let coordinates = grid.localCoordinates(of: cell)
    let (channels, width) = (differences.channels, differences.extents[1])
    var samples = CellDifferences(
      differences.kind, coordinates: [], down: [], right: [], values: [], valueWeight: valueWeight,
      windows: windows.map {
        CellDifferences.Window(
          rows: $0.rows.count, columns: $0.columns.count,
          innerRows: Self.moved($0.innerRows, by: -$0.rows.lowerBound),
          innerColumns: Self.moved($0.innerColumns, by: -$0.columns.lowerBound))
      })
    for window in windows {
      for row in window.rows {
        let own = (row - rows.lowerBound) * columns.count - columns.lowerBound
        let (first, last) = (window.columns.lowerBound, window.columns.upperBound)
        samples.coordinates += coordinates[2 * (own + first)..<2 * (own + last)]
        let values = (row * width + first) * channels..<(row * width + last) * channels
        samples.down += differences.down.values[values]
        if let right = differences.right { samples.right += right.values[values] }
        samples.values += differences.values.values[values]
      }
    }
    return samples
  }

  private static func moved(_ range: Range<Int>, by offset: Int) -> Range<Int> {
    range.lowerBound + offset..<range.upperBound + offset
  }

  /// A rectangle of pixels, and the part of it at which differences are compared.
  private struct Window {
    let rows: Range<Int>
    let columns: Range<Int>
    let innerRows: Range<Int>
    let innerColumns: Range<Int>
  }

  private func windows(of cell: Int) -> [Window] {
    let support = grid.support(of: cell)
    let points = support.reduce(1) { $0 * $1.count }
    let parts = max(1, Int((Double(points) / Double(batch)).squareRoot().rounded()))
    let axes = zip(support, differences.extents).map { pieces(of: $0, size: $1, parts: parts) }
    return axes[0].flatMap { row in
      axes[1].map { column in
        Window(
          rows: row.whole, columns: column.whole, innerRows: row.inner, innerColumns: column.inner)
      }
    }
  }

  /// Cuts a cell's samples along one axis into pieces whose inner parts do not overlap.
  ///
  /// A difference is compared where all that it needs lies in the cell, or beyond the picture's border.
  private func pieces(
    of support: Range<Int>, size: Int, parts: Int
  ) -> [(whole: Range<Int>, inner: Range<Int>)] {
    let before = differences.kind == .neighbours ? 0 : 1
    let low = support.lowerBound + (support.lowerBound > 0 ? before : 0)
    let high = max(low + 1, support.upperBound - (support.upperBound < size ? 1 : 0))
    let count = min(parts, high - low)
    return (0..<count).map { part in
      let inner = low + (high - low) * part / count..<low + (high - low) * (part + 1) / count
      let whole =
        max(
          support.lowerBound, inner.lowerBound - before)..<min(
          support.upperBound, inner.upperBound + 1)
      return (whole, inner)
    }
  }
}
