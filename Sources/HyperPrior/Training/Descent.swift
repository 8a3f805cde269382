import DifferentiableCore
import Foundation
import Training

/// What decides the course of a descent, whatever is learned.
struct DescentSettings: Sendable, Equatable {
  var length: TrainingLength
  /// Pictures an update.
  var batchSize: Int
  /// The learning rate after the warm-up.
  var learningRate: Float
  /// How it rises and falls.
  var schedule: Schedule
  /// Gradients longer than this are shortened.
  var gradientLimit: Float
  /// Held-out pictures are looked at about this often.
  var validations: Int

  /// A run ends early when so many validations in a row, half of those planned, brought nothing better.
  var patience: Int { max(5, validations / 2) }
}

/// Something that is learned by descent, with what judges it.
protocol DescentObjective: Sendable {
  /// What held-out pictures say.
  associatedtype Validation: Sendable

  var descent: DescentSettings { get }

  /// The loss of one batch and its derivative; the step alone decides every random choice.
  func gradient(
    of parameters: Parameters, step: Int
  ) throws -> (loss: Double, gradient: ParameterGradient)

  func validate(_ parameters: Parameters) throws -> Validation

  /// What decides between parameters, less is better; nil if there was nothing to judge by.
  func score(_ validation: Validation) -> Double?
}

extension DescentObjective {
  /// One update.
  ///
  /// - Parameters:
  ///   - state: before, and after.
  ///   - progress: fraction of the run that is done, which sets the learning rate.
  /// - Throws: ``PriorError/diverged(step:)`` if the loss is not finite.
  func update(_ state: inout DescentState, progress: Double) throws {
    let (loss, gradient) = try gradient(of: state.parameters, step: state.step)
    let length = gradient.length
    guard loss.isFinite, length.isFinite else { throw PriorError.diverged(step: state.step) }
    state.optimizer.update(
      &state.parameters, gradient: gradient,
      scale: clippingFactor(length: length, limit: descent.gradientLimit),
      learningRate: descent.learningRate * Float(descent.schedule.factor(at: progress)))
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
  func descend(
    _ state: inout DescentState, shouldStop: () -> Bool,
    report: (DescentEvent<Validation>) -> Void, save: (DescentState) throws -> Void
  ) throws -> DescentEnd {
    let clock = ContinuousClock()
    let start = clock.now
    let (secondsBefore, stepsBefore) = (state.seconds, state.step)
    var lastSave = start
    let marks = Double(max(1, descent.validations))
    while progress(of: state) < 1 {
      if state.average.judgedSince >= descent.patience { return .exhausted }
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
        DescentEvent(
          step: state.step, loss: state.smoothedLoss, validation: validation,
          picturesPerSecond: Double((state.step - stepsBefore) * descent.batchSize) / elapsed,
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

  private func progress(of state: DescentState) -> Double {
    descent.length.progress(step: state.step, seconds: state.seconds)
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
