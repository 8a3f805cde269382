import DifferentiableCore
import Fields
import Numerics
import Training

/// The state that an update of a baseline network changes.
struct BaselineState: LearnedState {
  /// The network so far.
  var network: BaselineNetwork
  /// The optimizer of the network's parameters.
  var optimizer: Adam
  /// Draws the batches.
  var random: Xoshiro256
  var step = 0

  init(_ network: BaselineNetwork, batches random: Xoshiro256) {
    self.network = network
    self.random = random
    optimizer = Adam(parameterCount: network.parameters.values.count)
  }
}

/// Fits a baseline network to values at points, batch by batch.
struct BaselineLearner: TrainingLearner {
  /// (row, column), `[n, 2]`.
  let points: [Float]
  /// One value per point.
  let targets: [Float]
  /// Points per update; all of them if there are fewer.
  let batch: Int
  let learningRate: Float
  let schedule: Schedule

  func advance(
    _ state: inout BaselineState, from progress: TrainingProgress, shouldStop: () -> Bool
  ) {
    let count = min(batch, targets.count)
    let chosen = count < targets.count ? state.random.sample(count, of: targets.count) : nil
    let gradient = state.network.lossGradient(
      at: chosen.map { $0.flatMap { [points[2 * $0], points[2 * $0 + 1]] } } ?? points,
      targets: chosen.map { $0.map { targets[$0] } } ?? targets
    ).gradient
    state.optimizer.update(
      &state.network.parameters.values, gradient: gradient,
      learningRate: learningRate * Float(schedule.factor(at: progress.fraction)))
    state.step += 1
  }
}
