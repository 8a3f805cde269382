import DifferentiableCore
import Fields
import Training

/// The state of a refinement.
struct RefinementState: LearnedState {
  /// The network so far.
  var field: Siren
  /// The optimizer of `away`.
  var optimizer: Adam
  /// The distance of each parameter from its start, in the parameter's own unit.
  var away: [Float]
  var step = 0
}

/// Points that a network is validated on and not trained on.
struct HeldOut {
  let points: FieldPoints
  /// Updates between two validations.
  ///
  /// One follows the last update too.
  let interval: Int
  /// Mean squared error before any update.
  let before: Double
}

/// Trains a network on some points, and finds the number of updates with the least error on others.
struct RefinementLearner: TrainingLearner {
  /// How far one update may move the argument of a layer's sine; chosen, not tuned.
  private static let reach: Float = 0.02
  /// Weight decay pulls towards the start.
  ///
  /// The epsilon is tiny, because gradients may be small.
  private static let optimizer = Adam.Settings(epsilon: 1e-15, weightDecay: 0.01)

  /// The least error on held-out points so far, and the number of updates then; nil without such
  /// points.
  private(set) var best: (step: Int, error: Double)?

  private let start: Siren
  private let points: FieldPoints
  private let heldOut: HeldOut?
  /// The unit of each parameter: its distance from the start when the optimizer's number for it is
  /// 1.
  ///
  /// A layer of n inputs moves the argument of its sine by up to omega (n + 1) times that.
  private let units: [Float]

  /// - Parameters:
  ///   - start: the network to begin with.
  ///   - points: the points to train on.
  ///   - heldOut: the points to validate on; nil for none.
  init(_ start: Siren, on points: FieldPoints, validatedOn heldOut: HeldOut? = nil) {
    self.start = start
    self.points = points
    self.heldOut = heldOut
    best = heldOut.map { (0, $0.before) }
    var units = [Float](repeating: 0, count: start.parameters.values.count)
    for layer in start.architecture.layers {
      let unit = Self.reach / ((layer.omega ?? 1) * Float(layer.inputs + 1))
      for name in [layer.weightName, layer.biasName] {
        for index in start.parameters.layout[name]?.range ?? 0..<0 { units[index] = unit }
      }
    }
    self.units = units
  }

  /// The network after the given number of updates.
  mutating func refined(steps: Int) throws -> Siren {
    var state = RefinementState(
      field: start, optimizer: Adam(parameterCount: units.count, settings: Self.optimizer),
      away: [Float](repeating: 0, count: units.count))
    _ = try TrainingLoop(.steps(steps)).run(&state, by: &self)
    return state.field
  }

  func advance(
    _ state: inout RefinementState, from progress: TrainingProgress, shouldStop: () -> Bool
  ) {
    var gradient = points.lossGradient(of: state.field).gradient
    for index in gradient.indices { gradient[index] *= units[index] }
    state.optimizer.update(&state.away, gradient: gradient, learningRate: 1)
    for index in state.away.indices {
      state.field.parameters.values[index] =
        start.parameters.values[index] + units[index] * state.away[index]
    }
    state.step += 1
  }

  mutating func validate(
    _ state: inout RefinementState, after round: TrainingRound<Void>
  ) -> ValidationOutcome<Double>? {
    guard let heldOut, let least = best,
      state.step.isMultiple(of: heldOut.interval) || round.after.fraction >= 1
    else { return nil }
    let error = heldOut.points.error(of: state.field)
    if error < least.error { best = (state.step, error) }
    return ValidationOutcome(error)
  }
}
