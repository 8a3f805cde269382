import DifferentiableCore
import Foundation
import RandomNumbers
import Training

/// Learns a correction: one update after the other, from and to a ``DescentState``.
///
/// A batch is cut into pieces that threads take whole, and the gradients are added in the order of the
/// pieces, so the result does not depend on the number of threads.
struct CorrectionTrainer: DescentObjective {
  let settings: CorrectionSettings
  let configuration: CorrectionNetwork.Configuration
  let examples: CorrectionExamples
  /// Examples of validation pictures, by number of points.
  let judges: [(points: Int, examples: CorrectionExamples)]

  var descent: DescentSettings {
    DescentSettings(
      length: settings.length, batchSize: settings.batchSize, learningRate: settings.learningRate,
      schedule: CorrectionSettings.schedule, gradientLimit: settings.gradientLimit,
      validations: settings.validations)
  }

  /// The start of a run.
  func start() -> DescentState {
    DescentState(
      CorrectionNetwork(configuration, seed: settings.seed).parameters,
      optimizer: CorrectionSettings.optimizer)
  }

  func gradient(
    of parameters: Parameters, step: Int
  ) throws -> (loss: Double, gradient: ParameterGradient) {
    let own = EpochOrder(
      count: examples.items.count, batchSize: settings.batchSize, seed: settings.seed, stream: 15
    ).indices(step: step)
    let piece = CorrectionSettings.picturesAPiece
    let views = parameters.views()
    let pieces = try Parallel.map((own.count + piece - 1) / piece) {
      number -> (loss: Double, gradient: ParameterGradient) in
      let part = own[number * piece..<min(own.count, (number + 1) * piece)]
      let batch = try CorrectionBatch(
        examples, Array(part), mirroredBy: mirrors(step: step, piece: number), configuration)
      let tracked = views.tracked()
      let loss = batch.loss(configuration, tracked) * (1 / Float(own.count))
      return (Double(loss.scalar), tracked.gradient(of: loss))
    }
    return (
      pieces.reduce(0) { $0 + $1.loss },
      ParameterGradient.sum(pieces.map(\.gradient), layout: parameters.layout)
    )
  }

  /// Which examples of a piece are seen in a mirror.
  private func mirrors(step: Int, piece: Int) -> [Bool] {
    var random = Xoshiro256(seed: settings.seed, 16, UInt64(step), UInt64(piece))
    return (0..<CorrectionSettings.picturesAPiece).map { _ in
      random.uniform(below: 2) == 1 && settings.mirrors
    }
  }

  func validate(_ parameters: Parameters) throws -> CorrectionValidation {
    guard let network = CorrectionNetwork(configuration, parameters: parameters) else {
      return CorrectionValidation(ratios: [])
    }
    return CorrectionValidation(
      ratios: try judges.map { points, examples in
        let errors = try Parallel.map(examples.items.count) { index -> (Double, Double) in
          let (inputs, truth) = try examples.shown(index, isMirrored: false)
          let correction = network.correction(of: inputs, mirrors: settings.mirrors).values
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

  func score(_ validation: CorrectionValidation) -> Double? { validation.score }

  /// The network with the parameters that did best; nil if none did better than no correction.
  func bestNetwork(_ state: DescentState) -> CorrectionNetwork? {
    state.average.bestScore < 0
      ? CorrectionNetwork(configuration, parameters: state.best) : nil
  }
}
