/// How often a running training is saved, and what becomes of a failure to do so.
public struct PeriodicSaving {
  /// Seconds between two saves, at least 0.
  public var interval: Double
  /// Told when a save fails while the training goes on; throwing ends the training.
  ///
  /// After a return the training goes on, and the next save is tried an interval later.
  public var failed: (any Error) throws -> Void

  /// About every minute; a failure ends the training unless told otherwise.
  public init(
    interval: Double = 60, failed: @escaping (any Error) throws -> Void = { throw $0 }
  ) {
    self.interval = interval
    self.failed = failed
  }
}
