import Fields
import Fitting

extension GridShape {
  /// Applies a user's choices.
  ///
  /// - Throws: ``FitPipelineError`` for cells that do not suit the signal.
  mutating func apply(
    _ choices: FieldChoices, cells own: [Int]?, overlap: Double?, _ signal: FittedSignal
  ) throws {
    try Self.check(own, signal)
    if let own { cells = own }
    if let overlap { self.overlap = overlap }
    if let depth = choices.depth { architecture.hiddenLayers = depth }
    if let omega = choices.omega { architecture.omegaHidden = omega }
    if let omega = choices.omegaFirst { architecture.omegaFirst = omega }
  }

  /// Checks that a user's cells have the axes of the signal, and a sample each.
  ///
  /// - Throws: ``FitPipelineError``.
  static func check(_ cells: [Int]?, _ signal: FittedSignal) throws {
    guard let cells else { return }
    let extents = signal.extents
    guard cells.count == extents.count else {
      throw FitPipelineError.otherAxes(
        cells: cells, signal: signal.summary, axes: extents.count)
    }
    guard zip(cells, extents).allSatisfy({ (1...$1).contains($0) }) else {
      throw FitPipelineError.manyCells(cells, most: extents)
    }
  }
}
