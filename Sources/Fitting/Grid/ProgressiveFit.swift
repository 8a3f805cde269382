import Fields
import Training

/// A fit that runs until a limit is reached and exposes its field during the run.
public protocol ProgressiveFit: Sendable {
  /// The type of the fitted field.
  associatedtype FittedField: Field
  /// The field fitted so far.
  var field: FittedField { get }
  /// Number of updates made.
  var step: Int { get }

  /// Releases the memory that only further updates need; the field remains.
  mutating func releaseTrainingState()

  /// Updates the field until a limit is reached.
  ///
  /// - Parameters:
  ///   - limits: the limits of the run.
  ///   - clock: a monotonic time in seconds.
  ///   - shouldStop: called before and within rounds of updates; returns whether to stop.
  ///   - save: receives the fit and the run's seconds periodically, and when the run is stopped.
  ///   - saving: the interval of saving, and the handling of a failure during the run.
  ///   - each: called after each round.
  /// - Returns: the reason that the run ended, and its duration in seconds.
  mutating func run(
    _ limits: FitLimits, clock: () -> Double, shouldStop: () -> Bool,
    save: (Self, Double) throws -> Void, saving: PeriodicSaving,
    each: (FitProgress, Self) throws -> Void
  ) throws -> (ending: TrainingEnding, seconds: Double)
}
