import DifferentiableCore
import Foundation

/// What decides the course of a training, whatever is learned.
package struct TrainingLoopSettings: Sendable, Equatable {
  package var length: TrainingLength
  /// Pictures an update.
  package var batchSize: Int
  /// The learning rate after the warm-up.
  package var learningRate: Float
  /// How it rises and falls.
  package var schedule: Schedule
  /// Gradients longer than this are shortened.
  package var gradientLimit: Float
  /// Held-out pictures are looked at about this often.
  package var validations: Int

  /// A run ends early when so many validations in a row, half of those planned, brought nothing better.
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

/// Something that is learned by training, with what validation pictures it.
package protocol TrainingObjective: Sendable {
  /// What held-out pictures say.
  associatedtype Validation: Sendable

  var loopSettings: TrainingLoopSettings { get }

  /// The loss of one batch and its derivative; the step alone decides every random choice.
  func gradient(
    of parameters: Parameters, step: Int
  ) throws -> (loss: Double, gradient: ParameterGradient)

  func validate(_ parameters: Parameters) throws -> Validation

  /// What decides between parameters, less is better; nil if there was nothing to judge by.
  func score(_ validation: Validation) -> Double?
}

extension TrainingObjective {
  /// One update.
  ///
  /// - Parameters:
  ///   - state: before, and after.
  ///   - progress: fraction of the run that is done, which sets the learning rate.
  /// - Throws: ``TrainingError/diverged(step:)`` if the loss is not finite.
  package func update(_ state: inout TrainingState, progress: Double) throws {
    let (loss, gradient) = try gradient(of: state.parameters, step: state.step)
    let length = gradient.length
    guard loss.isFinite, length.isFinite else { throw TrainingError.diverged(step: state.step) }
    state.optimizer.update(
      &state.parameters, gradient: gradient,
      scale: clippingFactor(length: length, limit: loopSettings.gradientLimit),
      learningRate: loopSettings.learningRate * Float(loopSettings.schedule.factor(at: progress)))
    state.step += 1
    state.average.add(state.parameters.values, step: state.step)
    state.smoothedLoss =
      state.smoothedLoss.isFinite ? 0.98 * state.smoothedLoss + 0.02 * loss : loss
  }

  /// Updates until the end, or until told to stop.
  ///
  /// - Parameters:
  ///   - state: where to start; where it ended.
  ///   - shouldStop: asked after every update.
  ///   - report: called after every update.
  ///   - save: called with the state about every minute and when stopped.
  package func runTrainingLoop(
    _ state: inout TrainingState, shouldStop: () -> Bool,
    report: (TrainingEvent<Validation>) -> Void, save: (TrainingState) throws -> Void
  ) throws -> TrainingEnd {
    let clock = ContinuousClock()
    let start = clock.now
    let (secondsBefore, stepsBefore) = (state.seconds, state.step)
    var lastSave = start
    let marks = Double(max(1, loopSettings.validations))
    while progress(of: state) < 1 {
      if state.average.validationsSinceBest >= loopSettings.patience { return .exhausted }
      let before = progress(of: state)
      try update(&state, progress: before)
      state.seconds = secondsBefore + (clock.now - start).inSeconds
      let done = progress(of: state)
      var validation: Validation?
      if done >= 1 || (done * marks).rounded(.down) > (before * marks).rounded(.down) {
        let found = try validate(
          Parameters(layout: state.parameters.layout, values: state.average.current))
        state.average.judge(score(found))
        validation = found
        state.seconds = secondsBefore + (clock.now - start).inSeconds
      }
      let elapsed = max(1e-9, state.seconds - secondsBefore)
      report(
        TrainingEvent(
          step: state.step, loss: state.smoothedLoss, validation: validation,
          picturesPerSecond: Double((state.step - stepsBefore) * loopSettings.batchSize) / elapsed,
          seconds: state.seconds, progress: done))
      if shouldStop() && done < 1 {
        try save(state)
        return .interrupted
      }
      if (clock.now - lastSave).inSeconds > 60 {
        try save(state)
        lastSave = clock.now
      }
    }
    return .complete
  }

  private func progress(of state: TrainingState) -> Double {
    loopSettings.length.progress(step: state.step, seconds: state.seconds)
  }
}

extension ParameterViews {
  /// The same tensors as variables, without copying their values.
  package func tracked() -> ParameterViews {
    ParameterViews(
      layout: layout, tensors: layout.entries.map { self[$0.name].detached.tracked() })
  }
}

extension Duration {
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
