/// A value that updates change.
package protocol LearnedState {
  /// Number of updates made.
  var step: Int { get }
}

/// Updates and validates a state when ``TrainingLoop`` asks for it.
///
/// The state is passed in and not kept by the learner, so a large one is changed in place.
package protocol TrainingLearner {
  /// The state that updates change.
  associatedtype State: LearnedState
  /// The report of a round's updates.
  associatedtype Update: Sendable
  /// The result of a validation.
  associatedtype Validation: Sendable = Never

  /// Makes one update or more.
  ///
  /// - Parameters:
  ///   - state: the state, which is updated.
  ///   - progress: the position in the run, which sets the learning rate.
  ///   - shouldStop: may be called during updates that take long; if it returns true, they may end early, without
  ///     being counted, and the state keeps what is left of them.
  /// - Throws: if the state has diverged beyond repair.
  mutating func advance(
    _ state: inout State, from progress: TrainingProgress, shouldStop: () -> Bool
  ) throws -> Update

  /// Validates the state if a validation is due after this round; nil if none is due.
  mutating func validate(
    _ state: inout State, after round: TrainingRound<Update>
  ) throws -> ValidationOutcome<Validation>?
}

extension TrainingLearner where Validation == Never {
  /// Without a method of its own, a learner validates nothing.
  package mutating func validate(
    _ state: inout State, after round: TrainingRound<Update>
  ) throws -> ValidationOutcome<Never>? { nil }
}

/// The position in a run, over all its parts.
package struct TrainingProgress: Sendable, Equatable {
  /// Updates made since the run began.
  package var step: Int
  /// Seconds since the run began.
  package var seconds: Double
  /// Fraction of the run that is done, 0...1.
  package var fraction: Double
}

/// The updates between two readings of the clock.
package struct TrainingRound<Update: Sendable>: Sendable {
  /// The position before the updates.
  package var before: TrainingProgress
  /// The position after them.
  package var after: TrainingProgress
  /// The report of the updates.
  package var update: Update
}

/// The result of a validation, and whether the run should end.
package struct ValidationOutcome<Validation: Sendable>: Sendable {
  /// The result.
  package var validation: Validation
  /// The reason to end the run now; nil to continue.
  package var ending: TrainingEnding?

  /// An outcome from its parts.
  package init(_ validation: Validation, ending: TrainingEnding? = nil) {
    self.validation = validation
    self.ending = ending
  }
}
