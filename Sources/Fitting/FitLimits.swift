import Fields
import Training

/// When a fit ends.
public struct FitLimits: Sendable {
  /// After so many updates; makes the result repeatable.
  public var steps: Int?
  /// After so many seconds; without effect where updates are counted.
  public var seconds: Double?
  /// As soon as the field is so good.
  public var goal: FitGoal?
  /// Updates from one report to the next, at most; nil leaves that to the fit.
  public var updatesPerReport: Int?

  /// Limits; without steps and seconds a run gives up after about five minutes.
  public init(steps: Int? = nil, seconds: Double? = nil, goal: FitGoal? = nil) {
    self.steps = steps
    self.seconds = seconds
    self.goal = goal
  }

  /// How long the run lasts if the goal is not reached before.
  var length: TrainingLength {
    steps.map { .steps($0) } ?? .seconds(seconds ?? GoalSchedule.patience)
  }

  /// How the learning rate falls where a quality is asked for and updates are not counted.
  var goalSchedule: GoalSchedule? {
    steps == nil ? goal.map { GoalSchedule(goal: $0.decibels, limit: seconds) } : nil
  }
}

/// A quality to reach, and how it is measured.
public struct FitGoal: Sendable {
  /// The quality in decibels.
  public let decibels: Double
  /// A field's true quality in decibels.
  public let measure: @Sendable (any Field) -> Double

  /// A goal.
  ///
  /// - Parameters:
  ///   - decibels: the quality to reach.
  ///   - measure: a field's true quality in decibels; asked only where the losses promise the goal.
  public init(decibels: Double, measure: @escaping @Sendable (any Field) -> Double) {
    self.decibels = decibels
    self.measure = measure
  }

  /// Measures a field; a run ends if it is good enough.
  func judge(_ field: any Field) -> TrainingJudgement<Double> {
    let measured = measure(field)
    return TrainingJudgement(measured, ending: measured >= decibels ? .reached : nil)
  }
}

/// What some updates of a fit did.
public struct FitUpdate: Sendable, Equatable {
  /// The mean loss over the last batch.
  public let loss: Double
  /// The quality by the losses of the last batches, smoothed.
  public let decibels: Double
  /// The learning rate to go on with, if the fit diverged just now.
  public let restartedWith: Float?
}

/// How far a fit has come; its validation is the measured quality in decibels, where it was measured.
public typealias FitProgress = TrainingEvent<FitUpdate, Double>

extension ProgressiveFit {
  /// Runs the one loop until a limit is reached.
  mutating func run<Learner: TrainingLearner>(
    _ limits: FitLimits, by learner: Learner, before: (steps: Int, seconds: Double) = (0, 0),
    clock: () -> Double, shouldStop: () -> Bool,
    save: (Self, Double) throws -> Void, saving: PeriodicSaving,
    each: (FitProgress, Self) throws -> Void
  ) throws -> (ending: TrainingEnding, seconds: Double)
  where Learner.State == Self, Learner.Update == FitUpdate, Learner.Validation == Double {
    var learner = learner
    return try TrainingLoop(
      limits.length, stepsBefore: before.steps, secondsBefore: before.seconds
    ).run(
      &self, by: &learner, clock: clock, shouldStop: shouldStop, report: each, save: save,
      saving: saving)
  }
}
