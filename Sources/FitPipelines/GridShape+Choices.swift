import Fields
import Fitting

extension GridShape {
  /// Applies a user's choices.
  ///
  /// - Throws: ``FitPipelineError/otherAxes(cells:signal:axes:)`` for another number of axes.
  mutating func apply(
    _ choices: FieldChoices, cells own: [Int]?, overlap: Double?, _ signal: FittedSignal
  ) throws {
    if let own {
      guard own.count == cells.count else {
        throw FitPipelineError.otherAxes(cells: own, signal: signal.summary, axes: cells.count)
      }
      cells = own
    }
    if let overlap { self.overlap = overlap }
    if let depth = choices.depth { architecture.hiddenLayers = depth }
    if let omega = choices.omega { architecture.omegaHidden = omega }
    if let omega = choices.omegaFirst { architecture.omegaFirst = omega }
  }
}
