import Foundation

/// When a fit ends.
public struct FitLimits: Sendable, Equatable {
  /// After so many updates; makes the result repeatable.
  public var steps: Int?
  /// After so many seconds.
  public var seconds: Double?
  /// As soon as the field is so good, in the objective's decibels.
  public var decibels: Double?
  /// Updates from one report to the next, at most; nil leaves that to the fit.
  public var updatesPerReport: Int?

  /// Limits; without steps and seconds a run towards decibels gives up after about five minutes.
  public init(steps: Int? = nil, seconds: Double? = nil, decibels: Double? = nil) {
    self.steps = steps
    self.seconds = seconds
    self.decibels = decibels
  }

  /// How the learning rate falls where a quality is asked for and updates are not counted.
  var goalSchedule: GoalSchedule? {
    steps == nil ? decibels.map { GoalSchedule(goal: $0, limit: seconds) } : nil
  }

  /// The fraction of the run that is done, 1 at its end.
  func fraction(step: Int, seconds elapsed: Double) -> Double {
    if let steps { return Double(step) / Double(max(1, steps)) }
    return elapsed / (seconds ?? GoalSchedule.patience)
  }
}

/// How far a fit has come, after each update.
public struct FitProgress: Sendable, Equatable {
  /// Number of updates made.
  public var step: Int
  /// Fraction of the run that is done, 0...1.
  public var fraction: Double
  /// The mean loss over the last batch.
  public var loss: Double
  /// The quality by the losses of the last batches, smoothed.
  public var decibels: Double
  /// Since the run began.
  public var seconds: Double
  /// The learning rate to go on with, if the fit diverged just now.
  public var restartedWith: Float?
}

/// Why a run ended.
public enum FitEnding: Sendable, Equatable {
  /// Its steps or its time are over.
  case completed
  /// The quality that was asked for is there.
  case reached
  /// It was told to stop.
  case stopped
}

extension FieldFit {
  /// Seconds between two measurements of a quality that seems to be reached.
  private static let measuringInterval = 0.25

  /// Updates the field until a limit is reached.
  ///
  /// - Parameters:
  ///   - limits: when to end.
  ///   - clock: seconds, never going back.
  ///   - shouldStop: asked before each update.
  ///   - measure: the field's true quality in decibels; asked only where the smoothed losses promise
  ///     the quality that `limits` asks for.
  ///   - each: told after each update.
  /// - Returns: why the run ended, and its seconds.
  /// - Throws: ``FitError``, and what `each` throws.
  public mutating func run(
    _ limits: FitLimits, clock: () -> Double, shouldStop: () -> Bool,
    measure: (FieldFit) -> Double, each: (FitProgress, FieldFit) throws -> Void
  ) throws -> (ending: FitEnding, seconds: Double) {
    let start = clock()
    var smoothed: Double?
    var lastMeasured = -Double.infinity
    let first = step
    var goal = limits.goalSchedule
    var reached = -Double.infinity
    while true {
      let before = clock() - start
      let fraction = limits.fraction(step: step - first, seconds: before)
      if fraction >= 1 { return (.completed, before) }
      if shouldStop() { return (.stopped, before) }
      let update = try advance(
        progress: goal?.fraction(at: before, decibels: reached) ?? fraction)
      let loss = update.loss
      smoothed =
        update.restartedWith == nil ? smoothed.map { 0.9 * $0 + 0.1 * loss } ?? loss : nil
      let now = clock() - start
      let decibels = objective.decibels(ofLoss: smoothed ?? loss)
      reached = decibels
      try each(
        FitProgress(
          step: step, fraction: min(1, limits.fraction(step: step - first, seconds: now)),
          loss: loss, decibels: decibels, seconds: now, restartedWith: update.restartedWith),
        self)
      if let goal = limits.decibels, decibels >= goal - 0.2,
        now - lastMeasured >= Self.measuringInterval
      {
        lastMeasured = now
        if measure(self) >= goal { return (.reached, clock() - start) }
      }
    }
  }
}
