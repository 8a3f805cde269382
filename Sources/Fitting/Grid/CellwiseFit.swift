import Fields
import Training

/// A fit of a grid whose cells make several updates at a time.
protocol CellwiseFit: ProgressiveFit, LearnedState where FittedField == SirenGrid {
  /// The mean loss, estimated from the last updates.
  var loss: Double { get }
  /// The quality estimated from the losses of the last updates, in decibels.
  var decibels: Double { get }

  /// Whether some cells have not yet made the updates of the round that was stopped.
  var isRoundUnfinished: Bool { get }

  /// Makes the updates of a round in every cell.
  ///
  /// - Parameters:
  ///   - round: the updates; ignored if an earlier round was stopped, which is continued then.
  ///   - shouldStop: called during the round; returns whether to leave the other cells for the next call.
  mutating func advance(_ round: CellRound, shouldStop: () -> Bool)
}
