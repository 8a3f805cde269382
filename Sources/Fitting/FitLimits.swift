import Fields
import Training

/// The limits at which a fit ends.
public struct FitLimits: Sendable {
  /// The number of updates after which it ends; makes the result reproducible.
  public var steps: Int?
  /// The seconds after which it ends; ignored if a number of updates is given.
  public var seconds: Double?
  /// The quality at which it ends.
  public var goal: FitGoal?
  /// The most updates between two reports; nil lets the fit decide.
  public var updatesPerReport: Int?

  /// Creates limits; without steps and seconds a run ends after about five minutes.
  public init(steps: Int? = nil, seconds: Double? = nil, goal: FitGoal? = nil) {
    self.steps = steps
    self.seconds = seconds
    self.goal = goal
  }

  /// The length of the run if the goal is not reached earlier.
  var length: TrainingLength {
    steps.map { .steps($0) } ?? .seconds(seconds ?? GoalSchedule.patience)
  }

  /// What a continued run must have in common with its earlier parts.
  ///
  /// The number of updates sets the learning rate of each, so a run that was continued with another one would be no
  /// run of either. Seconds may differ, since a run that they end cannot be repeated anyway.
  package var fingerprint: String {
    "steps \(steps.map(String.init) ?? "-") goal \(goal.map { "\($0.decibels)" } ?? "-")"
  }

  /// The learning rate schedule for a target quality without a fixed number of updates.
  ///
  /// - Parameter elapsed: seconds of the run's earlier parts.
  func goalSchedule(after elapsed: Double) -> GoalSchedule? {
    guard steps == nil, let goal else { return nil }
    return GoalSchedule(goal: goal.decibels, limit: seconds, after: elapsed)
  }
}

/// A target quality and its measurement.
public struct FitGoal: Sendable {
  /// The quality in decibels.
  public let decibels: Double
  /// Measures the true quality of a field in decibels.
  public let measure: @Sendable (any Field) -> Double

  /// Creates a goal.
  ///
  /// - Parameters:
  ///   - decibels: the quality to reach.
  ///   - measure: returns the true quality of a field in decibels; called only when the losses suggest that the goal
  ///     is reached.
  public init(decibels: Double, measure: @escaping @Sendable (any Field) -> Double) {
    self.decibels = decibels
    self.measure = measure
  }

  /// Measures a field; the run ends if it is good enough.
  func validate(_ field: any Field) -> ValidationOutcome<Double> {
    let measured = measure(field)
    return ValidationOutcome(measured, ending: measured >= decibels ? .reached : nil)
  }
}

/// The result of some updates of a fit.
public struct FitUpdate: Sendable, Equatable {
  /// The mean loss over the last batch.
  public let loss: Double
  /// The smoothed quality estimated from the losses of the last batches.
  public let decibels: Double
  /// The new learning rate, if the fit has just diverged.
  public let restartedWith: Float?
}

/// The progress of a fit; its validation is the measured quality in decibels, if it was measured.
public typealias FitProgress = TrainingEvent<FitUpdate, Double>
