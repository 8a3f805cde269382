/// What the training of a grid prior makes small.
public enum GridTrainingGoal: Sendable, Equatable {
  /// The squared error relative to the local deviation: contrasty and uncertain windows count most.
  ///
  /// It is the goal of a training from nothing.
  case relativeError
  /// The mean logarithm of the windows' mean squared errors, which is what decibels measure: every window counts alike.
  ///
  /// A trained prior gains by it where it was already good (Docs/EXPERIMENTS.md).
  case decibels
}
