import DifferentiableCore
import Foundation
import Numerics
import TestSupport
import Testing
import Training

/// Trainings whose pieces are shared among the members of a group.
@Suite("Training in a group") struct GroupTrainingTests {
  /// A small network whose loss has pieces of different weight, some of which are left out.
  private struct Fit: TrainingObjective {
    var pieces = 7
    var steps = 12
    /// The piece that fails at step 3; nil if none does.
    var failing: Int?
    /// Called before each gradient.
    var willStart: @Sendable (_ step: Int) -> Void = { _ in }

    struct Failure: Error, Equatable { let piece: Int }

    var loopSettings: TrainingLoopSettings {
      TrainingLoopSettings(
        length: .steps(steps), batchSize: pieces, learningRate: 0.05, schedule: .constant,
        gradientLimit: 1, validations: 4)
    }

    /// Arrays of several parts of a message, and of less than one.
    static let start: Parameters = {
      var random = Xoshiro256(seed: 5)
      var parameters = Parameters()
      parameters.append("weight", [300, 500], uniform: 0.1, &random)
      parameters.append("unused", [3], repeating: 1)
      parameters.append("bias", [300], uniform: 0.1, &random)
      return parameters
    }()

    func gradient(
      of parameters: Parameters, step: Int
    ) throws -> (loss: Double, gradient: ParameterGradient) {
      willStart(step)
      return try gradient(of: parameters, inPieces: pieces) { piece, views in
        if step == 3, piece == failing { throw Failure(piece: piece) }
        if piece == 2 { return nil }
        var random = Xoshiro256(seed: 9, UInt64(step), UInt64(piece))
        let input = Tensor((0..<500).map { _ in Float(random.normal()) }, shape: [500, 1])
        let output = views["weight"].matrixProduct(input).reshaped([300]) + views["bias"]
        let loss = (output * output).sum() * (1 / Float(pieces))
        return (Double(loss.scalar), loss)
      }
    }

    func validate(_ parameters: Parameters) throws -> Double {
      try WorkGroup.current.map(5) { Double(parameters.values[$0 * 1_000]) * 0.1 }.reduce(0, +)
    }

    func score(_ validation: Double) -> Double? { validation }
  }

  private static func train(
    _ fit: Fit, from state: TrainingState? = nil, stoppingAt last: Int = .max
  ) throws -> TrainingState {
    var state = state ?? TrainingState(Fit.start)
    var current = state.step
    _ = try fit.train(
      &state, shouldStop: { current >= last }, report: { current = $0.step }, save: { _ in },
      saving: PeriodicSaving())
    return state
  }

  /// Whether everything is equal except the time.
  private static func isSame(_ first: TrainingState, _ second: TrainingState) -> Bool {
    first.parameters == second.parameters && first.optimizer == second.optimizer
      && first.average == second.average && first.step == second.step
      && first.smoothedLoss == second.smoothedLoss
  }

  @Test("One member and several give the same state, bit for bit", arguments: [2, 3, 4, 9])
  func members(count: Int) throws {
    let alone = try Self.train(Fit())
    #expect(alone.step == 12)
    for found in try LoopbackGroup.run(count, { try Self.train(Fit()) }) {
      #expect(Self.isSame(found, alone))
    }
  }

  @Test("A training is continued by another number of members")
  func resumed() throws {
    let alone = try Self.train(Fit())
    let first = try LoopbackGroup.run(3) { try Self.train(Fit(), stoppingAt: 5) }
    #expect(first.map(\.step) == [5, 5, 5] && Self.isSame(first[0], first[2]))
    let second = try LoopbackGroup.run(2) { try Self.train(Fit(), from: first[0], stoppingAt: 9) }
    #expect(second[1].step == 9)
    #expect(Self.isSame(try Self.train(Fit(), from: second[1]), alone))
  }

  @Test("One member that is told to stop stops all")
  func stopping() throws {
    let found = try LoopbackGroup.run(3) { () -> Int in
      var state = TrainingState(Fit.start)
      let isLast = WorkGroup.current.rank == 2
      var current = 0
      let ending = try Fit().train(
        &state, shouldStop: { isLast && current >= 4 }, report: { current = $0.step },
        save: { _ in }, saving: PeriodicSaving())
      return ending == .stopped ? state.step : -1
    }
    #expect(found == [4, 4, 4])
  }

  @Test("The first member alone saves")
  func saving() throws {
    let saves = try LoopbackGroup.run(3) { () -> Int in
      var state = TrainingState(Fit.start)
      var saves = 0
      _ = try Fit().train(
        &state, shouldStop: { false }, report: { _ in }, save: { _ in saves += 1 },
        saving: PeriodicSaving(interval: 0))
      return saves
    }
    #expect(saves[0] > 5 && saves[1...] == [0, 0])
  }

  @Test("A piece that fails ends the training of all members", arguments: [0, 4, 6])
  func failing(piece: Int) {
    var fit = Fit()
    fit.failing = piece
    let outcomes = LoopbackGroup.outcomes(3) { [fit] in try Self.train(fit) }
    let own = outcomes.filter {
      if case .failure(let error) = $0 { return error as? Fit.Failure == Fit.Failure(piece: piece) }
      return false
    }
    #expect(own.count == 1)
    #expect(
      outcomes.allSatisfy {
        if case .failure(let error) = $0 { "\(error)".contains("Failure") } else { false }
      })
  }

  @Test("A sum in any order is close, and the same for all members")
  func unordered() throws {
    let alone = try Self.train(Fit())
    let found = try LoopbackGroup.run(3) { () -> [Float] in
      var group = WorkGroup.current
      group.addsInOrder = false
      return try WorkGroup.$current.withValue(group) { try Self.train(Fit()).parameters.values }
    }
    #expect(found[0] == found[1] && found[0] == found[2])
    let errors = zip(found[0], alone.parameters.values).map { abs($0 - $1) }
    #expect((errors.max() ?? 1) < 2e-3)
  }

  @Test("Sums in half precision are close, and the same for all members")
  func halfPrecision() throws {
    let alone = try Self.train(Fit())
    let found = try LoopbackGroup.run(4) { () -> [Float] in
      var group = WorkGroup.current
      group.halvesSums = true
      return try WorkGroup.$current.withValue(group) { try Self.train(Fit()).parameters.values }
    }
    #expect(found[1...].allSatisfy { $0 == found[0] })
    let errors = zip(found[0], alone.parameters.values).map { abs($0 - $1) }
    // Adam divides a gradient by its size, so a few that are nearly 0 make whole steps of another sign.
    #expect(errors.contains { $0 > 0 })
    #expect(errors.reduce(0, +) / Float(errors.count) < 1e-3)
  }

  @Test("The first member saves the state before an update that lasts too long")
  func urgentSave() throws {
    let asked = Guarded(false)
    let saved = Guarded<[TrainingState]>([])
    var fit = Fit()
    // Member 1 does not begin update 3 before the state is saved; 20 s stand for never.
    fit.willStart = { step in
      guard step == 3, WorkGroup.current.rank == 1 else { return }
      asked.withLock { $0 = true }
      for _ in 0..<400 where saved.withLock({ $0.isEmpty }) { Thread.sleep(forTimeInterval: 0.05) }
    }
    let ends = try LoopbackGroup.run(2) { [fit] () -> Int in
      var group = WorkGroup.current
      group.isAskedToStop = { asked.withLock { $0 } }
      return try WorkGroup.$current.withValue(group) {
        var state = TrainingState(Fit.start)
        let isFirst = group.isFirst
        let ending = try fit.train(
          &state, shouldStop: { isFirst && asked.withLock { $0 } }, report: { _ in },
          save: { state in saved.withLock { $0.append(state) } }, saving: PeriodicSaving())
        return ending == .stopped ? state.step : -1
      }
    }
    #expect(ends == [4, 4])
    let states = saved.withLock { $0 }
    #expect(states.map(\.step) == [3, 4])
    #expect(Self.isSame(states[0], try Self.train(Fit(), stoppingAt: 3)))
    #expect(Self.isSame(states[1], try Self.train(Fit(), stoppingAt: 4)))
  }
}
