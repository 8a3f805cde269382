import Numerics

/// Grids of which each member of a group holds whole rows of cells along the first axis.
extension SirenGrid {
  /// The cells whose parameters are held: all cells, or those of one member of a group.
  package var heldCells: Range<Int> {
    firstCell..<firstCell + parameters.count / max(1, architecture.parameterCount)
  }

  /// Whether the parameters of all cells are held.
  package var isWhole: Bool { heldCells.count == grid.count }

  /// The same field, of which only some of the held cells are kept.
  package func holding(_ cells: Range<Int>) -> SirenGrid {
    let count = architecture.parameterCount
    var result = self
    result.parameters = Array(
      parameters[(cells.lowerBound - firstCell) * count..<(cells.upperBound - firstCell) * count])
    result.firstCell = cells.lowerBound
    return result
  }

  /// The whole field on every member, from the cells of all.
  package func whole(over group: WorkGroup) -> SirenGrid {
    if isWhole, group.isAlone { return self }
    var result = self
    result.parameters = group.gather(parameters.message).flatMap { [Float](message: $0) ?? [] }
    result.firstCell = 0
    return result
  }

  /// The rows of cells beside the held ones, from the members that hold them.
  ///
  /// Values in the held rows of cells need no other parameters, since quintic windows overlap with those of neighbours
  /// alone.
  ///
  /// - Returns: nil for windows of sine squared, which may overlap with those of more cells.
  package func neighbours(over group: WorkGroup) -> GridNeighbours? {
    guard grid.quinticAxes != nil else { return nil }
    let row = grid.cellsPerRow * architecture.parameterCount
    // Members that hold nothing come last, and have nothing to pass on.
    let (before, behind) = group.exchange(
      toPrevious: Array(parameters.prefix(row)).message,
      toNext: Array(parameters.suffix(row)).message)
    return GridNeighbours(
      before: before.flatMap { [Float](message: $0) } ?? [],
      behind: behind.flatMap { [Float](message: $0) } ?? [])
  }

  /// The cells that contribute to some samples along the first axis, as a field of its own.
  ///
  /// - Parameters:
  ///   - samples: samples in the held rows of cells.
  ///   - neighbours: the rows of cells beside them.
  package func part(covering samples: Range<Int>, _ neighbours: GridNeighbours) -> SirenGrid {
    let axis = grid.axes[0]
    let row = grid.cellsPerRow * architecture.parameterCount
    let held = heldCells
    let (first, last) = (held.lowerBound / grid.cellsPerRow, held.upperBound / grid.cellsPerRow)
    let rows = (max(0, first - 1)..<min(axis.cells, last + 1)).filter {
      // Rounded coordinates may lie just outside of the windows' supports.
      let support = axis.support(of: $0)
      return support.lowerBound <= samples.upperBound && support.upperBound >= samples.lowerBound
    }
    var result = self
    result.parameters = []
    result.parameters.reserveCapacity(rows.count * row)
    for index in rows {
      if index < first {
        result.parameters += neighbours.before
      } else if index >= last {
        result.parameters += neighbours.behind
      } else {
        let start = (index - first) * row
        result.parameters += parameters[start..<start + row]
      }
    }
    result.firstCell = (rows.first ?? 0) * grid.cellsPerRow
    return result
  }
}

/// The parameters of the rows of cells before and behind those that a member of a group holds; empty where there are
/// none.
package struct GridNeighbours: Sendable {
  fileprivate let before: [Float]
  fileprivate let behind: [Float]
}

extension CellGrid {
  /// Cells that share an index along the first axis.
  package var cellsPerRow: Int { count / axes[0].cells }

  /// The cells of a member of a group: whole rows along the first axis.
  package func cells(of group: WorkGroup) -> Range<Int> {
    let rows = group.share(of: axes[0].cells)
    return rows.lowerBound * cellsPerRow..<rows.upperBound * cellsPerRow
  }
}
