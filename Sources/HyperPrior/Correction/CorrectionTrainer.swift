import DifferentiableCore
import Foundation
import RandomNumbers
import Training

/// Learns a correction: one update after the other, from and to a ``CorrectionState``.
///
/// A batch is cut into pieces that threads take whole, and the gradients are added in the order of the
/// pieces, so the result does not depend on the number of threads.
struct CorrectionTrainer: Sendable {
  let settings: CorrectionSettings
  let examples: CorrectionExamples
  /// Examples of validation pictures, by number of points.
  let judges: [(points: Int, examples: CorrectionExamples)]

  /// One update.
  ///
  /// - Throws: ``PriorError/diverged(step:)`` if the loss is not finite.
  func step(_ state: inout CorrectionState, progress: Double) throws {
    let step = state.step
    let own = EpochOrder(
      count: examples.items.count, batchSize: settings.batchSize, seed: settings.seed, stream: 15
    ).indices(step: step)
    let piece = CorrectionSettings.picturesAPiece
    let views = state.network.parameters.views()
    let configuration = state.network.configuration
    let pieces = Parallel.map((own.count + piece - 1) / piece) {
      number -> (loss: Double, gradient: ParameterGradient) in
      let part = own[number * piece..<min(own.count, (number + 1) * piece)]
      let batch = CorrectionBatch(
        examples, Array(part), mirroredBy: mirrors(step: step, piece: number))
      let tracked = views.tracked()
      let loss = batch.loss(configuration, tracked) * (1 / Float(own.count))
      return (Double(loss.scalar), tracked.gradient(of: loss))
    }
    let gradient = ParameterGradient.sum(
      pieces.map(\.gradient), layout: state.network.parameters.layout)
    let length = gradient.length
    guard pieces.allSatisfy({ $0.loss.isFinite }), length.isFinite else {
      throw PriorError.diverged(step: step)
    }
    state.optimizer.update(
      &state.network.parameters, gradient: gradient,
      scale: clippingFactor(length: length, limit: settings.gradientLimit),
      learningRate: settings.learningRate
        * Float(CorrectionSettings.schedule.factor(at: progress)))
    state.step += 1
    let decay = min(CorrectionSettings.averageDecay, Double(state.step) / Double(state.step + 10))
    state.average.move(towards: state.network.parameters.values, share: Float(1 - decay))
  }

  /// Which examples of a piece are seen in a mirror.
  private func mirrors(step: Int, piece: Int) -> [Bool] {
    var random = Xoshiro256(seed: settings.seed, 16, UInt64(step), UInt64(piece))
    return (0..<CorrectionSettings.picturesAPiece).map { _ in
      random.uniform(below: 2) == 1 && settings.mirrors
    }
  }

  /// How the average parameters do.
  func validate(_ state: CorrectionState) -> CorrectionValidation {
    let network = state.network.with(state.average)
    return CorrectionValidation(
      ratios: judges.map { points, examples in
        let errors = Parallel.map(examples.items.count) { index -> (Double, Double) in
          let (inputs, truth) = examples.shown(index, isMirrored: false)
          let correction = network.correction(of: inputs).values
          var (before, after) = (0.0, 0.0)
          for place in truth.indices {
            let plain = min(1, max(0, inputs.gaussian[place])) - truth[place]
            let corrected =
              min(1, max(0, inputs.gaussian[place] + correction[place])) - truth[place]
            before += Double(plain * plain)
            after += Double(corrected * corrected)
          }
          return (before, after)
        }
        let (before, after) = errors.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        return .init(points: points, ratio: before > 0 ? after / before : 1)
      })
  }

  /// Runs until the end, or until told to stop.
  ///
  /// - Returns: whether the run is complete.
  func run(
    _ state: inout CorrectionState, shouldStop: () -> Bool = { false },
    report: (CorrectionEvent) -> Void = { _ in },
    save: (CorrectionState) throws -> Void = { _ in }
  ) throws -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    let (secondsBefore, stepsBefore) = (state.seconds, state.step)
    var lastSave = start
    let count = Double(max(1, settings.validations))
    while progress(of: state) < 1 {
      let before = progress(of: state)
      try step(&state, progress: before)
      state.seconds = secondsBefore + (clock.now - start).inSeconds
      let done = progress(of: state)
      var validation: CorrectionValidation?
      if (done * count).rounded(.down) > (before * count).rounded(.down) || done >= 1 {
        let found = validate(state)
        if found.score < state.bestScore {
          state.bestScore = found.score
          state.best = state.average
        }
        validation = found
        state.seconds = secondsBefore + (clock.now - start).inSeconds
      }
      let elapsed = max(1e-9, state.seconds - secondsBefore)
      report(
        CorrectionEvent(
          step: state.step, validation: validation,
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

  private func progress(of state: CorrectionState) -> Double {
    settings.length.progress(step: state.step, seconds: state.seconds)
  }
}

extension [Float] {
  /// Goes a share of the way to other values.
  fileprivate mutating func move(towards other: [Float], share: Float) {
    withUnsafeMutableBufferPointer { own in
      other.withUnsafeBufferPointer { other in
        for index in own.indices { own[index] += share * (other[index] - own[index]) }
      }
    }
  }
}
