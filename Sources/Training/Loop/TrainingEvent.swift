/// The report of a training or a fit after each round of updates.
public struct TrainingEvent<Update: Sendable, Validation: Sendable>: Sendable {
  /// Updates made.
  public let step: Int
  /// Seconds since the run began, over all its parts.
  public let seconds: Double
  /// Fraction of the run that is done, 0...1.
  public let fraction: Double
  /// Updates per second since the loop began.
  public let updatesPerSecond: Double
  /// The report of the round's updates.
  public let update: Update
  /// The result of a validation; nil after most rounds.
  public let validation: Validation?

  /// The same event with its validation in another form.
  public func map<Other: Sendable>(
    _ transform: (Validation) throws -> Other
  ) rethrows -> TrainingEvent<Update, Other> {
    TrainingEvent<Update, Other>(
      step: step, seconds: seconds, fraction: fraction, updatesPerSecond: updatesPerSecond,
      update: update, validation: try validation.map(transform))
  }
}

extension TrainingEvent: Equatable where Update: Equatable, Validation: Equatable {}

/// Why a training or a fit ended.
public enum TrainingEnding: Sendable, Equatable {
  /// Its updates or its time are over.
  case completed
  /// The requested quality is reached.
  case reached
  /// It ended early, because the validation error stopped decreasing.
  case exhausted
  /// It was stopped, and can be resumed.
  case stopped
}
