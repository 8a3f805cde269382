import Fields

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
  ///   - shouldStop: asked between updates.
  ///   - measure: the field's true quality in decibels; asked only for a limit in decibels.
  ///   - each: told on the way.
  /// - Returns: why the run ended, and its seconds.
  mutating func run(
    _ limits: FitLimits, clock: () -> Double, shouldStop: () -> Bool, measure: (Self) -> Double,
    each: (FitProgress, Self) throws -> Void
  ) throws -> (ending: FitEnding, seconds: Double)
}

extension FieldFit: ProgressiveFit {
  /// One network's state is small and stays.
  public mutating func releaseTrainingState() {}
}
extension GridFit: ProgressiveFit {}
