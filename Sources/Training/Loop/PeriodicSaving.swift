/// How often a running training is saved, and what happens if a save fails.
public struct PeriodicSaving {
  /// Seconds between two saves, at least 0.
  public var interval: Double
  /// Called when a save fails; throwing ends the training.
  ///
  /// If it returns, the training continues and the next save is tried an interval later.
  public var failed: (any Error) throws -> Void

  /// By default a save per minute, whose failure ends the training.
  public init(
    interval: Double = 60, failed: @escaping (any Error) throws -> Void = { throw $0 }
  ) {
    self.interval = interval
    self.failed = failed
  }
}
