import DifferentiableCore
import Foundation
import Numerics
import Training

/// Trains a residual network, one update after the other, from and to a `TrainingState`.
///
/// A batch is divided into pieces, each of which one thread takes, and the gradients are added in the order
/// of the pieces. So the result does not depend on the number of threads.
package struct ResidualTrainer: TrainingObjective {
  let settings: ResidualSettings
  let configuration: ResidualNetwork.Configuration
  let examples: ResidualExamples
  /// The validation examples for each number of observed points.
  let validationPictures: [(points: Int, examples: ResidualExamples)]

  /// A trainer from its parts.
  package init(
    settings: ResidualSettings, configuration: ResidualNetwork.Configuration,
    examples: ResidualExamples, validationPictures: [(points: Int, examples: ResidualExamples)]
  ) {
    self.settings = settings
    self.configuration = configuration
    self.examples = examples
    self.validationPictures = validationPictures
  }

  package var loopSettings: TrainingLoopSettings {
    TrainingLoopSettings(
      length: settings.length, batchSize: settings.batchSize, learningRate: settings.learningRate,
      schedule: ResidualSettings.schedule, gradientLimit: settings.gradientLimit,
      validations: settings.validations)
  }

  /// The start of a run.
  package func start() -> TrainingState {
    TrainingState(
      ResidualNetwork(configuration, seed: settings.seed).parameters,
      optimizer: ResidualSettings.optimizer)
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - state: is updated.
  ///   - progress: the fraction of the run that is done, which sets the learning rate.
  /// - Throws: `TrainingError/diverged(step:)` if the loss is not finite.
  package func step(_ state: inout TrainingState, progress: Double) throws {
    try update(&state, progress: progress)
  }

  package func gradient(
    of parameters: Parameters, step: Int
  ) throws -> (loss: Double, gradient: ParameterGradient) {
    let own = EpochOrder(
      count: examples.items.count, batchSize: settings.batchSize, seed: settings.seed,
      stream: .residualOrder
    ).indices(step: step)
    let piece = ResidualSettings.picturesAPiece
    return try gradient(of: parameters, inPieces: (own.count + piece - 1) / piece) {
      number, tracked in
      let part = own[number * piece..<min(own.count, (number + 1) * piece)]
      let batch = try ResidualBatch(
        examples, Array(part), mirroredBy: mirrors(step: step, piece: number), configuration)
      let loss = batch.loss(configuration, tracked) * (1 / Float(own.count))
      return (Double(loss.scalar), loss)
    }
  }

  /// Which examples of a piece are mirrored.
  private func mirrors(step: Int, piece: Int) -> [Bool] {
    var random = Xoshiro256(
      seed: settings.seed, .residualMirrors, UInt64(step), UInt64(piece))
    return (0..<ResidualSettings.picturesAPiece).map { _ in
      random.uniform(below: 2) == 1 && settings.mirrors
    }
  }

  package func validate(_ parameters: Parameters) throws -> ResidualValidation {
    guard let network = ResidualNetwork(configuration, parameters: parameters) else {
      return ResidualValidation(ratios: [])
    }
    return ResidualValidation(
      ratios: try validationPictures.map { points, examples in
        let errors = try WorkGroup.current.map(examples.items.count) { index -> (Double, Double) in
          let (inputs, truth) = try examples.shown(index, isMirrored: false)
          let residual = network.residual(of: inputs, mirrors: settings.mirrors).values
          var (before, after) = (0.0, 0.0)
          for place in truth.indices {
            let plain = min(1, max(0, inputs.gaussian[place])) - truth[place]
            let corrected =
              min(1, max(0, inputs.gaussian[place] + residual[place])) - truth[place]
            before += Double(plain * plain)
            after += Double(corrected * corrected)
          }
          return (before, after)
        }
        let (before, after) = errors.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        return .init(points: points, ratio: before > 0 ? after / before : 1)
      })
  }

  package func score(_ validation: ResidualValidation) -> Double? { validation.score }

  /// The network with the best parameters; nil if none did better than no network.
  func bestNetwork(_ state: TrainingState) -> ResidualNetwork? {
    state.average.bestScore < 0
      ? ResidualNetwork(configuration, parameters: state.best) : nil
  }
}
