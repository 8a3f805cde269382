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

  /// The field with the row of cells before and the row behind the held ones, taken from the members that hold them.
  ///
  /// The values in the held rows of cells then need no other parameters, since windows overlap with those of
  /// neighbours alone.
  package func withBorders(over group: WorkGroup) -> SirenGrid {
    if group.isAlone { return self }
    guard grid.quinticAxes != nil else { return whole(over: group) }
    let row = grid.cellsPerRow * architecture.parameterCount
    // Members that hold nothing come last, and have nothing to pass on.
    let (before, behind) = group.exchange(
      toPrevious: Array(parameters.prefix(row)).message,
      toNext: Array(parameters.suffix(row)).message)
    if parameters.isEmpty { return self }
    var result = self
    if let values = before.flatMap({ [Float](message: $0) }), firstCell > 0 {
      result.parameters = values + result.parameters
      result.firstCell = firstCell - grid.cellsPerRow
    }
    if let values = behind.flatMap({ [Float](message: $0) }) { result.parameters += values }
    return result
  }
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
