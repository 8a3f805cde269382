/// What is learned: a value that updates change.
package protocol LearnedState {
  /// Number of updates made.
  var step: Int { get }
}

/// How something is learned; ``TrainingLoop`` decides when.
///
/// The state is not the learner's own, so that a large one is changed in place.
package protocol TrainingLearner {
  /// What the updates change.
  associatedtype State: LearnedState
  /// What the updates of a round did, for the report.
  associatedtype Update: Sendable
  /// What a judgement found.
  associatedtype Validation: Sendable = Never

  /// Makes one update or more.
  ///
  /// - Parameters:
  ///   - state: before, and after.
  ///   - progress: where the run is, which sets the learning rate.
  /// - Throws: if the state has diverged beyond repair.
  mutating func advance(_ state: inout State, from progress: TrainingProgress) throws -> Update

  /// Judges the state if that is due after a round; nil if it is not.
  mutating func judge(
    _ state: inout State, after round: TrainingRound<Update>
  ) throws -> TrainingJudgement<Validation>?
}

extension TrainingLearner where Validation == Never {
  /// Nothing is judged unless a learner says how.
  package mutating func judge(
    _ state: inout State, after round: TrainingRound<Update>
  ) throws -> TrainingJudgement<Never>? { nil }
}

/// Where a run is, over all its parts.
package struct TrainingProgress: Sendable, Equatable {
  /// Updates made since the run began.
  package var step: Int
  /// Seconds since the run began.
  package var seconds: Double
  /// Fraction of the run that is done, 0...1.
  package var fraction: Double
}

/// Some updates between two looks at the clock.
package struct TrainingRound<Update: Sendable>: Sendable {
  /// Where the run was.
  package var before: TrainingProgress
  /// Where it is.
  package var after: TrainingProgress
  /// What the updates did.
  package var update: Update
}

/// How good a state is, and whether the run should end for it.
package struct TrainingJudgement<Validation: Sendable>: Sendable {
  /// What was found.
  package var validation: Validation
  /// Why the run should end now; nil to go on.
  package var ending: TrainingEnding?

  /// A judgement from its parts.
  package init(_ validation: Validation, ending: TrainingEnding? = nil) {
    self.validation = validation
    self.ending = ending
  }
}
