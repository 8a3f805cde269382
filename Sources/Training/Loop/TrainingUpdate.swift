/// The report of an update of a training.
public struct TrainingUpdate: Sendable, Equatable {
  /// Running mean of the loss.
  public let loss: Double
  /// The loss of the batch.
  public let batchLoss: Double
  /// The learning rate of the update.
  public let learningRate: Float
  /// Pictures per update.
  public let batchSize: Int
}

extension TrainingEvent where Update == TrainingUpdate {
  /// Training pictures per second, over this part of the run.
  public var picturesPerSecond: Double { updatesPerSecond * Double(update.batchSize) }
}
