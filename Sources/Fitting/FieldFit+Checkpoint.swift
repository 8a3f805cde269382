import Fields
import Training

extension FieldFit: ResumableFit {
  /// The name of the checkpoints of one network.
  public static let checkpointKind = "siren network checkpoint"

  private static let lastGood = "last_good."

  /// The network, the optimizer, the learning rate, and what the guard against divergence remembers.
  public var savedState: FitState {
    var state = FitState(arrays: ["parameters": field.parameters.values])
    state.arrays.merge(optimizer.state) { own, _ in own }
    state.arrays[Self.lastGood + "parameters"] = watch.lastGood.field.parameters.values
    for (name, values) in watch.lastGood.optimizer.state {
      state.arrays[Self.lastGood + name] = values
    }
    state.numbers = watch.numbers
    state.numbers["learning_rate"] = Double(learningRate)
    state.numbers["optimizer_step"] = Double(optimizer.step)
    state.numbers[Self.lastGood + "optimizer_step"] = Double(watch.lastGood.optimizer.step)
    return state
  }

  /// Continues from a saved state; see ``ResumableFit/restore(_:step:seconds:)``.
  public mutating func restore(_ state: FitState, step: Int, seconds: Double) -> Bool {
    guard let rate = state.numbers["learning_rate"], rate.isFinite, rate > 0,
      let now = moment(state, ""), let good = moment(state, Self.lastGood),
      let watch = watch.restored(state.numbers, lastGood: good)
    else { return false }
    (field, optimizer) = (now.field, now.optimizer)
    self.watch = watch
    learningRate = Float(rate)
    self.step = step
    done = (step, seconds)
    return true
  }

  /// A network and its optimizer from the arrays with a prefix.
  private func moment(_ state: FitState, _ prefix: String) -> DivergenceGuard.State? {
    var (own, arrays) = (field, [String: [Float]]())
    for name in optimizer.state.keys { arrays[name] = state.arrays[prefix + name] }
    guard let values = state.arrays[prefix + "parameters"],
      values.count == own.parameters.values.count,
      let steps = state.numbers[prefix + "optimizer_step"].flatMap({ Int(exactly: $0) }),
      let optimizer = Optimizer(
        settings.optimizer.settings(for: own.architecture), layout: own.parameters.layout,
        step: steps, state: arrays)
    else { return nil }
    own.parameters.values = values
    return DivergenceGuard.State(field: own, optimizer: optimizer)
  }
}

extension DivergenceGuard {
  /// What it remembers besides the last good state; a loss that was not seen yet is infinite.
  var numbers: [String: Double] {
    [
      "restarts": Double(restarts), "first_loss": firstLoss ?? .infinity, "smoothed": smoothed,
      "best": best, "observations": Double(observations),
    ]
  }

  /// This guard with saved numbers; nil if they are impossible.
  func restored(_ numbers: [String: Double], lastGood: State) -> DivergenceGuard? {
    guard let restarts = numbers["restarts"].flatMap({ Int(exactly: $0) }),
      (0...Self.restartLimit).contains(restarts), let first = numbers["first_loss"],
      let smoothed = numbers["smoothed"], smoothed.isFinite, let best = numbers["best"],
      let observations = numbers["observations"].flatMap({ Int(exactly: $0) }),
      (0...1 << 40).contains(observations)
    else { return nil }
    var result = self
    result.lastGood = lastGood
    result.restarts = restarts
    result.firstLoss = first.isFinite ? first : nil
    result.smoothed = smoothed
    result.best = best
    result.observations = observations
    return result
  }
}
