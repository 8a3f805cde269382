import DifferentiableCore
import Numerics

/// The settings of a training, whatever is learned.
package struct TrainingLoopSettings: Sendable, Equatable {
  package var length: TrainingLength
  /// Pictures per update.
  package var batchSize: Int
  /// The learning rate after the warm-up.
  package var learningRate: Float
  /// How it rises and falls.
  package var schedule: Schedule
  /// Longer gradients are shortened to this length.
  package var gradientLimit: Float
  /// The approximate number of validations.
  package var validations: Int

  /// A run ends early after this many validations in a row without an improvement, half of those
  /// planned.
  var patience: Int { max(5, validations / 2) }

  /// A value from its parts.
  package init(
    length: TrainingLength, batchSize: Int, learningRate: Float, schedule: Schedule,
    gradientLimit: Float, validations: Int
  ) {
    self.length = length
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.schedule = schedule
    self.gradientLimit = gradientLimit
    self.validations = validations
  }
}

/// A loss that is minimized on training pictures, and a measure of quality on validation pictures.
package protocol TrainingObjective: Sendable {
  /// The result of a validation.
  associatedtype Validation: Sendable

  var loopSettings: TrainingLoopSettings { get }

  /// The loss of one batch and its derivative. Every random choice follows from the step.
  func gradient(
    of parameters: Parameters, step: Int
  ) throws -> (loss: Double, gradient: ParameterGradient)

  /// Measures parameters on validation pictures.
  func validate(_ parameters: Parameters) throws -> Validation

  /// The number by which parameters are compared, less is better; nil without validation pictures.
  func score(_ validation: Validation) -> Double?
}

extension TrainingObjective {
  /// One update.
  ///
  /// - Parameters:
  ///   - state: before, and after.
  ///   - progress: fraction of the run that is done, which sets the learning rate.
  ///   - willChange: called when the gradient is known, before the state changes.
  /// - Returns: its report.
  /// - Throws: ``TrainingError/diverged(step:)`` if the loss is not finite.
  @discardableResult
  package func update(
    _ state: inout TrainingState, progress: Double, willChange: () -> Void = {}
  ) throws -> TrainingUpdate {
    let (loss, gradient) = try gradient(of: state.parameters, step: state.step)
    let length = gradient.length
    guard loss.isFinite, length.isFinite else { throw TrainingError.diverged(step: state.step) }
    willChange()
    let rate = loopSettings.learningRate * Float(loopSettings.schedule.factor(at: progress))
    state.optimizer.update(
      &state.parameters, gradient: gradient,
      scale: clippingFactor(length: length, limit: loopSettings.gradientLimit),
      learningRate: rate)
    state.step += 1
    state.average.add(state.parameters.values, step: state.step)
    state.smoothedLoss =
      state.smoothedLoss.isFinite ? 0.98 * state.smoothedLoss + 0.02 * loss : loss
    return TrainingUpdate(
      loss: state.smoothedLoss, batchLoss: loss, learningRate: rate,
      batchSize: loopSettings.batchSize)
  }

  /// Updates until the end, or until told to stop; see ``TrainingLoop``.
  ///
  /// - Parameters:
  ///   - state: the state at the start, then at the end.
  ///   - shouldStop: asked before every update.
  ///   - report: called after every update.
  ///   - save: called with the state at intervals, and when the run is stopped.
  ///   - saving: the interval, and what happens if a save fails meanwhile.
  /// - Throws: ``TrainingError/diverged(step:)``, and what the objective and `save` throw.
  package func train(
    _ state: inout TrainingState, shouldStop: () -> Bool,
    report: (TrainingEvent<TrainingUpdate, Validation>) -> Void,
    save: (TrainingState) throws -> Void, saving: PeriodicSaving
  ) throws -> TrainingEnding {
    let loop = TrainingLoop(
      loopSettings.length, stepsBefore: state.step, secondsBefore: state.seconds)
    return try UrgentSaving.during(save) { urgent in
      var learner = ObjectiveLearner(objective: self, urgent: urgent)
      let (ending, seconds) = try loop.run(
        &state, by: &learner, shouldStop: shouldStop, report: { event, _ in report(event) },
        save: { state, seconds in
          // All members of a group have the same state.
          guard WorkGroup.current.isFirst else { return }
          var timed = state
          timed.seconds = seconds
          if let urgent { try urgent.save(timed, by: save) } else { try save(timed) }
        }, saving: saving)
      state.seconds = seconds
      return ending
    }
  }
}

/// Minimizes an objective, and keeps the best average on validation pictures in the state.
private struct ObjectiveLearner<Objective: TrainingObjective>: TrainingLearner {
  let objective: Objective
  /// Of the first member of a group.
  let urgent: UrgentSaving?

  func advance(
    _ state: inout TrainingState, from progress: TrainingProgress, shouldStop: () -> Bool
  ) throws -> TrainingUpdate {
    urgent?.hold(state, seconds: progress.seconds)
    return try objective.update(&state, progress: progress.fraction) { urgent?.release() }
  }

  /// Validates at evenly spaced times of the run, and at its end.
  func validate(
    _ state: inout TrainingState, after round: TrainingRound<TrainingUpdate>
  ) throws -> ValidationOutcome<Objective.Validation>? {
    let marks = Double(max(1, objective.loopSettings.validations))
    let passed = { (progress: TrainingProgress) in (progress.fraction * marks).rounded(.down) }
    let isLast = round.after.fraction >= 1
    guard isLast || passed(round.after) > passed(round.before) else { return nil }
    urgent?.hold(state, seconds: round.after.seconds)
    let found = try objective.validate(
      Parameters(layout: state.parameters.layout, values: state.average.current))
    urgent?.release()
    state.average.keepBest(objective.score(found))
    let isExhausted = state.average.validationsSinceBest >= objective.loopSettings.patience
    return ValidationOutcome(found, ending: isExhausted && !isLast ? .exhausted : nil)
  }
}
