import Fields
import Training

/// A fit that goes on until a limit is reached, and whose field can be looked at on the way.
public protocol ProgressiveFit: Sendable {
  /// The kind of field that is fitted.
  associatedtype FittedField: Field
  /// The field so far.
  var field: FittedField { get }
  /// Number of updates made.
  var step: Int { get }

  /// Gives back the memory that only further updates need; the field stays.
  mutating func releaseTrainingState()

  /// Updates the field until a limit is reached.
  ///
  /// - Parameters:
  ///   - limits: when to end.
  ///   - clock: seconds, never going back.
  ///   - shouldStop: asked before each round of updates.
  ///   - save: handed the fit and the run's seconds now and then, and when the run is stopped.
  ///   - saving: how often, and what becomes of a failure on the way.
  ///   - each: told after each round.
  /// - Returns: why the run ended, and its seconds.
  mutating func run(
    _ limits: FitLimits, clock: () -> Double, shouldStop: () -> Bool,
    save: (Self, Double) throws -> Void, saving: PeriodicSaving,
    each: (FitProgress, Self) throws -> Void
  ) throws -> (ending: TrainingEnding, seconds: Double)
}
