import DifferentiableCore
import Foundation
import Training

/// Trains a prior: one step after the other, from and to a ``TrainingState``.
///
/// A step's batch is cut into pieces of pictures with equally many points. Threads take whole
/// pieces, forward and backward; the gradients are added in the order of the pieces. So there is
/// one parallel region a step, and the result does not depend on the number of threads.
public struct PriorTrainer: Sendable {
  /// The run's settings.
  public let settings: TrainingSettings
  private let sampler: TrainingSampler
  private let validator: PriorValidator

  /// A trainer for pictures of the training and of the validation split.
  ///
  /// - Throws: ``PriorError`` if a split has too few pictures.
  public init(
    training: any TrainingPictures, validation: any TrainingPictures, settings: TrainingSettings
  ) throws {
    guard training.count >= 2 else {
      throw PriorError.tooFewPictures(split: "training", count: training.count)
    }
    self.settings = settings
    sampler = TrainingSampler(training, settings)
    validator = PriorValidator(validation)
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - state: before, and after.
  ///   - progress: fraction of the run that is done, which sets the learning rate.
  /// - Throws: ``PriorError/diverged(step:)`` if the loss is not finite.
  public func step(_ state: inout TrainingState, progress: Double) throws {
    let step = state.step
    let indices = sampler.pictureIndices(step: step)
    let configuration = state.model.configuration
    let views = state.model.parameters.views()
    let pieces = Parallel.map(sampler.shardCount) {
      number -> (loss: Double, gradient: ParameterGradient) in
      let shard = sampler.shard(number, of: indices, step: step)
      let tracked = views.tracked()
      let prediction = PriorModel.predict(shard.batch, configuration, tracked)
      let loss = PriorLoss(
        prediction, targets: shard.targetValues, settings, configuration.head)
      // Pieces count by their pictures; the last one may be smaller.
      let share = Float(shard.targetValues.shape[0]) / Float(indices.count)
      return (
        Double(loss.image.scalar) * Double(share), tracked.gradient(of: loss.total * share)
      )
    }
    let gradient = ParameterGradient.sum(
      pieces.map(\.gradient), layout: state.model.parameters.layout)
    let loss = pieces.reduce(0) { $0 + $1.loss }
    let length = gradient.length
    guard loss.isFinite, length.isFinite else { throw PriorError.diverged(step: step) }
    state.optimizer.update(
      &state.model.parameters, gradient: gradient,
      scale: clippingFactor(length: length, limit: settings.gradientLimit),
      learningRate: settings.learningRate * Float(settings.schedule.factor(at: progress)))
    state.step += 1
    // Values in -1...1 have four times the squared error of values in 0...1.
    let shown = loss / 4
    state.smoothedLoss =
      state.smoothedLoss.isFinite ? 0.98 * state.smoothedLoss + 0.02 * shown : shown
  }

  /// The error on the validation pictures.
  public func validate(_ model: PriorModel) -> ValidationResult { validator.validate(model) }

  /// Runs until the end, or until told to stop.
  ///
  /// - Parameters:
  ///   - state: where to start; where it ended.
  ///   - shouldStop: asked after every step.
  ///   - report: called after every step.
  ///   - save: called with the state about every minute and when stopped early.
  /// - Returns: whether the run is complete.
  public func run(
    _ state: inout TrainingState, shouldStop: () -> Bool = { false },
    report: (TrainingEvent) -> Void = { _ in }, save: (TrainingState) throws -> Void = { _ in }
  ) throws -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    let (secondsBefore, stepsBefore) = (state.seconds, state.step)
    var lastSave = start
    var nextValidation = validationMark(after: progress(of: state))
    while progress(of: state) < 1 {
      try step(&state, progress: progress(of: state))
      state.seconds = secondsBefore + (clock.now - start).inSeconds
      let done = progress(of: state)
      var validation: ValidationResult?
      if done >= nextValidation {
        validation = validate(state.model)
        nextValidation = validationMark(after: done)
        state.seconds = secondsBefore + (clock.now - start).inSeconds
      }
      let elapsed = max(1e-9, state.seconds - secondsBefore)
      report(
        TrainingEvent(
          step: state.step, loss: state.smoothedLoss, validation: validation,
          picturesPerSecond: Double((state.step - stepsBefore) * settings.batchSize) / elapsed,
          seconds: state.seconds, progress: done))
      if shouldStop() && done < 1 {
        try save(state)
        return false
      }
      if (clock.now - lastSave).inSeconds > 60 {
        try save(state)
        lastSave = clock.now
      }
    }
    return true
  }

  /// The fraction of the run that is done.
  public func progress(of state: TrainingState) -> Double {
    settings.length.progress(step: state.step, seconds: state.seconds)
  }

  private func validationMark(after progress: Double) -> Double {
    let count = Double(max(1, settings.validations))
    return min(1, (progress * count).rounded(.down) / count + 1 / count)
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
