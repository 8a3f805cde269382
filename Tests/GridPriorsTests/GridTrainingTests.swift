import DifferentiableCore
import Foundation
import GridPriors
import ImagePriors
import Numerics
import Signals
import TestSupport
import Testing
import Training

/// Training on drawn scenes.
@Suite("Training of a grid prior", .serialized) struct GridTrainingTests {
  private static let training = SceneWindows(40, seed: 1)
  private static let validation = SceneWindows(12, seed: 2)

  private static func trainer(
    steps: Int, noise: Float = 0, seed: UInt64 = 1, initial: GridPrior? = nil
  ) throws -> GridTrainer {
    var settings = GridTrainingSettings(length: .steps(steps))
    settings.batchSize = 16
    settings.validations = 3
    settings.noise = noise
    settings.seed = seed
    return try GridTrainer(
      TinyGrid.configuration, training: training, validation: validation, settings: settings,
      initial: initial)
  }

  private static func trained(_ steps: Int, seed: UInt64 = 1) throws -> TrainingState {
    let trainer = try trainer(steps: steps, seed: seed)
    var state = trainer.initialState()
    #expect(try trainer.run(&state) == .completed)
    return state
  }

  @Test("Sixty updates restore better and better than linear interpolation")
  func learns() throws {
    let trainer = try Self.trainer(steps: 60)
    var state = trainer.initialState()
    var losses: [Double] = []
    var validations: [GridValidation] = []
    let ending = try trainer.run(
      &state,
      report: { event in
        losses.append(event.update.loss)
        if let validation = event.validation { validations.append(validation) }
      })
    #expect(ending == .completed && state.step == 60 && losses.count == 60)
    #expect(losses.allSatisfy { $0.isFinite })
    #expect(validations.count == 3)
    let gains = validations.compactMap(\.gain)
    #expect(gains.count == 3 && gains[2] > gains[0], "\(gains) dB")
    #expect(validations.allSatisfy { $0.ratios.map(\.share) == [0.05, 0.1, 0.2] })
    let prior = try trainer.best(state)
    let gain = try #require(try trainer.validation(of: prior).gain)
    #expect(gain > 0.05, "\(gain) dB")
    #expect(prior.parameterCount == trainer.parameterCount)
    #expect(prior.calibration != DeviationCalibration())
  }

  @Test("An untrained prior has the errors of linear interpolation")
  func untrained() throws {
    let trainer = try Self.trainer(steps: 1)
    let validation = try trainer.validation(of: GridPrior(TinyGrid.configuration, seed: 1))
    #expect(validation.ratios.map(\.ratio) == [1, 1, 1])
    #expect(validation.gain == 0)
  }

  @Test("The same updates give the same parameters, another seed others")
  func repeatable() throws {
    let state = try Self.trained(6)
    let other = try Self.trained(6)
    #expect(state.parameters == other.parameters && state.best == other.best)
    #expect(try Self.trained(6, seed: 2).parameters != state.parameters)
  }

  @Test("The number of threads changes nothing")
  func threads() throws {
    try expectSameResult(withThreads: [2, 3]) { try Self.trained(3).parameters }
  }

  @Test("A run that was interrupted and continued ends as an uninterrupted one")
  func resumed() throws {
    let trainer = try Self.trainer(steps: 8)
    var whole = trainer.initialState()
    #expect(try trainer.run(&whole) == .completed)

    let folder = try TemporaryFolder()
    let path = folder.file("checkpoint")
    let fingerprint = try trainer.fingerprint(pictures: "p")
    var first = trainer.initialState()
    var (made, saves) = (0, 0)
    let ending = try trainer.run(
      &first, shouldStop: { made == 3 }, report: { made = $0.step },
      save: {
        saves += 1
        try TrainingCheckpoint($0, fingerprint: fingerprint).write(to: path)
      })
    #expect(ending == .stopped && first.step == 3 && saves == 1)

    let again = try Self.trainer(steps: 8)
    var rest = try TrainingCheckpoint.read(
      path, startingFrom: again.initialState(),
      fingerprint: try again.fingerprint(pictures: "p")
    ).state
    #expect(rest.step == 3 && rest.parameters == first.parameters)
    #expect(try again.run(&rest) == .completed)
    #expect(rest.parameters == whole.parameters && rest.best == whole.best)
    #expect(try again.best(rest) == trainer.best(whole))
  }

  @Test("A checkpoint of other settings, pictures or another start is not continued")
  func otherRuns() throws {
    let own = try Self.trainer(steps: 8).fingerprint(pictures: "p")
    #expect(try Self.trainer(steps: 8).fingerprint(pictures: "p") == own)
    let other = TinyGrid.prior(seed: 2)
    let different = [
      try Self.trainer(steps: 9).fingerprint(pictures: "p"),
      try Self.trainer(steps: 8).fingerprint(pictures: "q"),
      try Self.trainer(steps: 8, noise: 0.1).fingerprint(pictures: "p"),
      try Self.trainer(steps: 8, seed: 2).fingerprint(pictures: "p"),
      try Self.trainer(steps: 8, initial: other).fingerprint(pictures: "p"),
      try Self.trainer(steps: 8, initial: TinyGrid.prior(seed: 3)).fingerprint(pictures: "p"),
    ]
    #expect(Set(different + [own]).count == 7)
  }

  @Test("Training starts from an initial model")
  func initialModel() throws {
    let initial = TinyGrid.prior(seed: 2)
    let trainer = try Self.trainer(steps: 2, initial: initial)
    #expect(trainer.initialState().parameters == initial.parameters)
    #expect(
      try Self.trainer(steps: 2).initialState().parameters
        == GridPrior(TinyGrid.configuration, seed: 1).parameters)
  }

  @Test("Windows without contrast train nothing and end no run")
  func flat() throws {
    var settings = GridTrainingSettings(length: .steps(2))
    settings.batchSize = 8
    let trainer = try GridTrainer(
      TinyGrid.configuration, training: FlatWindows(), validation: FlatWindows(),
      settings: settings)
    var state = trainer.initialState()
    #expect(try trainer.run(&state) == .completed)
    let prior = try trainer.best(state)
    #expect(prior.parameters.values.allSatisfy { $0.isFinite })
    #expect(try trainer.validation(of: prior).gain == nil)
  }

  @Test("Too few windows are refused")
  func tooFew() {
    #expect(throws: PriorError.tooFewPictures(split: "training", count: 1)) {
      try GridTrainer(
        TinyGrid.configuration, training: SceneWindows(1, seed: 1), validation: Self.validation,
        settings: GridTrainingSettings(length: .steps(1)))
    }
  }

  /// Two windows with random masks.
  private func examples(noisy: Bool = false) throws -> [GridExample] {
    let windows = SceneWindows(2, seed: 3)
    return try (0..<2).map { index in
      let truth = stride(from: index, to: 16 * 16 * 3, by: 3).map { windows.values(at: index)[$0] }
      let mask = PixelMask.random(width: 16, height: 16, keeping: 30, seed: UInt64(index))
      let observed = truth.enumerated().map { $1 + 0.05 * Float($0 % 3 - 1) }
      return try #require(try GridExample(truth, mask, observed: noisy ? observed : nil))
    }
  }

  @Test("Exact observations are known, noisy ones are not")
  func noise() throws {
    for example in try examples() {
      #expect(example.unknown.count { $0 == 0 } == 30)
      for place in example.unknown.indices where example.unknown[place] == 0 {
        #expect(abs(example.missing[place]) < 1e-4)
      }
    }
    for example in try examples(noisy: true) {
      #expect(example.unknown.allSatisfy { $0 == 1 })
      // What was observed is wrong, and the network should correct it.
      #expect(example.missing.contains { abs($0) > 0.01 })
    }
  }

  @Test("A window without contrast is no example")
  func flatExample() throws {
    let mask = PixelMask.random(width: 16, height: 16, keeping: 30, seed: 1)
    #expect(try GridExample([Float](repeating: 0.5, count: 256), mask) == nil)
  }

  @Test(
    "The loss is that of its formula, and the gradient that of central differences",
    arguments: [GridTrainingGoal.relativeError, .decibels])
  func gradient(goal: GridTrainingGoal) throws {
    let examples = try examples()
    let prior = TinyGrid.prior(seed: 5)
    let network = prior.configuration.network
    let loss = GridLoss(examples, goal)

    /// The network's outputs, `[2, 16, 16, 2]`.
    func outputs(_ values: [Float]) -> [Double] {
      let parameters = Parameters(layout: prior.parameters.layout, values: values)
      return network(loss.features, parameters.views()).values.map(Double.init)
    }
    let start = outputs(prior.parameters.values)

    /// The loss in double precision; errors in the likelihood are those at the start.
    func value(_ outputs: [Double]) -> (total: Double, squares: Double) {
      var (squares, logarithms, likelihood) = (0.0, 0.0, 0.0)
      for (number, example) in examples.enumerated() {
        let before = squares
        for place in example.missing.indices {
          let index = 2 * (number * 256 + place)
          let unknown = Double(example.unknown[place])
          let (missing, deviation) = (
            Double(example.missing[place]), Double(example.deviation[place])
          )
          let square = deviation * deviation
          let error = unknown * outputs[index] - missing
          squares += error * error * (goal == .decibels ? square : square / (square + 0.01))
          let fixed = abs(unknown * start[index] - missing) + 1e-3 / deviation
          likelihood += unknown * (fixed * exp(-outputs[index + 1]) + outputs[index + 1])
        }
        logarithms += log((squares - before) / 256 + 1e-6)
      }
      let objective = goal == .decibels ? 0.1 * logarithms : squares / 256
      return (objective + 0.05 * likelihood / 256, squares / 256)
    }

    let tracked = prior.parameters.views().tracked()
    let (total, squares) = loss.value(network, tracked)
    let expected = value(start)
    expectClose(actual: Double(total.scalar), expected: expected.total, relative: 1e-5)
    expectClose(actual: Double(squares), expected: expected.squares, relative: 1e-5)

    let gradient = tracked.gradient(of: total).flat
    #expect(gradient.contains { $0 != 0 })
    var random = Xoshiro256(seed: 6)
    for _ in 0..<6 {
      let direction = gradient.map { _ in Float(random.normal()) }
      let step: Float = 1e-3
      let sides = [step, -step].map { step in
        value(
          outputs(zip(prior.parameters.values, direction).map { $0 + step * $1 })
        ).total
      }
      let slope = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      expectClose(
        actual: slope, expected: (sides[0] - sides[1]) / Double(2 * step), absolute: 0.01 * length)
    }
  }
}
