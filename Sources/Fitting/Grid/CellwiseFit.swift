import Fields
import Training

/// A fit of a grid whose cells make several updates at a time.
protocol CellwiseFit: ProgressiveFit, LearnedState where FittedField == SirenGrid {
  /// The mean loss, estimated from the last updates.
  var loss: Double { get }
  /// The quality estimated from the losses of the last updates, in decibels.
  var decibels: Double { get }

  /// Updates every cell.
  ///
  /// - Parameter progress: the completed fraction of the run before each update, which sets the learning rate.
  mutating func advance(progress: [Double])
}
