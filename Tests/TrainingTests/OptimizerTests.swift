import DifferentiableCore
import Foundation
import Numerics
import TestSupport
import Testing
import Training

@Suite struct OptimizerTests {
  /// Every optimizer, with a learning rate at which it solves the small problems below.
  private static let all: [(name: String, settings: OptimizerSettings, rate: Double)] = [
    ("Adam", .adam(), 0.05),
    ("AdamW", .adam(.init(weightDecay: 1e-4)), 0.05),
    ("gradient descent", .gradientDescent(), 0.1),
    ("momentum", .gradientDescent(.init(momentum: 0.9)), 0.02),
    ("Nesterov", .gradientDescent(.init(momentum: 0.9, nesterov: true)), 0.02),
    ("Muon", .muon(.init(adamRate: 1), matrices: ["matrix"]), 0.05),
  ]

  private static func layout(rows: Int = 4, columns: Int = 3) -> ParameterLayout {
    var layout = ParameterLayout()
    layout.append("vector", [5])
    layout.append("matrix", [rows, columns])
    return layout
  }

  /// Distance to a random target, with curvatures of 1 to 4: the gradient and the value.
  private struct Bowl {
    let target: [Float]
    let curvature: [Float]

    init(count: Int) {
      var random = Xoshiro256(seed: 3)
      target = (0..<count).map { _ in random.uniform(in: -1...1) }
      curvature = (0..<count).map { _ in random.uniform(in: 1...4) }
    }

    func gradient(at values: [Float]) -> [Float] {
      values.indices.map { curvature[$0] * (values[$0] - target[$0]) }
    }

    func height(at values: [Float]) -> Double {
      values.indices.reduce(0) {
        $0 + 0.5 * Double(curvature[$1]) * pow(Double(values[$1] - target[$1]), 2)
      }
    }
  }

  @Test("Every optimizer finds the minimum of a quadratic", arguments: all.map(\.name))
  func solvesABowl(name: String) throws {
    let (_, settings, rate) = try #require(Self.all.first { $0.name == name })
    let layout = Self.layout()
    let bowl = Bowl(count: layout.count)
    var values = [Float](repeating: 0, count: layout.count)
    var optimizer = Optimizer(settings, layout: layout)
    let start = bowl.height(at: values)
    for step in 0..<400 {
      let factor = Schedule.cosine(warmUp: 0.02).factor(at: Double(step) / 400)
      optimizer.update(
        &values, gradient: bowl.gradient(at: values), learningRate: rate * factor)
    }
    #expect(optimizer.step == 400)
    #expect(bowl.height(at: values) < 1e-4 * start, "\(name): \(bowl.height(at: values))")
  }

  @Test("Every optimizer fits a matrix product", arguments: all.map(\.name))
  func fitsALinearMap(name: String) throws {
    let (_, settings, rate) = try #require(Self.all.first { $0.name == name })
    let layout = Self.layout(rows: 3, columns: 5)
    var random = Xoshiro256(seed: 8)
    let input = Tensor((0..<60).map { _ in Float(random.normal()) }, shape: [12, 5])
    let truth = Tensor((0..<15).map { _ in random.uniform(in: -1...1) }, shape: [3, 5])
    let target = input.matrixProduct(truth, transposingRight: true)
    var parameters = Parameters(
      layout: layout, values: [Float](repeating: 0.1, count: layout.count))
    var optimizer = Optimizer(settings, layout: layout)
    var losses: [Float] = []
    for step in 0..<300 {
      let views = parameters.views(tracked: true)
      let output = input.matrixProduct(views["matrix"], transposingRight: true)
      let loss = (output - target).squared().mean() + views["vector"].squared().mean()
      losses.append(loss.scalar)
      let factor = Schedule.cosine(warmUp: 0).factor(at: Double(step) / 300)
      optimizer.update(
        &parameters.values, gradient: views.gradient(of: loss).flat, learningRate: rate * factor)
    }
    #expect(losses[299] < 1e-3 * losses[0], "\(name): \(losses[0]) -> \(losses[299])")
  }

  @Test("A restored optimizer continues exactly", arguments: all.map(\.name))
  func continuesFromItsState(name: String) throws {
    let (_, settings, rate) = try #require(Self.all.first { $0.name == name })
    let layout = Self.layout()
    let bowl = Bowl(count: layout.count)
    var values = [Float](repeating: 0, count: layout.count)
    var optimizer = Optimizer(settings, layout: layout)
    let advance = { (optimizer: inout Optimizer, values: inout [Float]) in
      optimizer.update(&values, gradient: bowl.gradient(at: values), learningRate: rate)
    }
    for _ in 0..<7 { advance(&optimizer, &values) }
    let stored = try JSONEncoder().encode(settings)
    let read = try JSONDecoder().decode(OptimizerSettings.self, from: stored)
    #expect(read == settings)
    var restored = try #require(
      Optimizer(read, layout: layout, step: optimizer.step, state: optimizer.state))
    #expect(restored == optimizer)
    var other = values
    for _ in 0..<7 {
      advance(&optimizer, &values)
      advance(&restored, &other)
    }
    #expect(values == other && restored == optimizer)
    #expect(Optimizer(read, layout: layout, step: 7, state: [:]) == nil)
    for step in [-1, Optimizer.largestStep + 1, .max] {
      #expect(Optimizer(read, layout: layout, step: step, state: optimizer.state) == nil)
    }
    #expect(
      Optimizer(read, layout: layout, step: 7, state: optimizer.state.mapValues { $0 + [0] }) == nil
    )
  }

  @Test("The result does not depend on the number of threads", arguments: all.map(\.name))
  func anyNumberOfThreads(name: String) throws {
    let (_, settings, rate) = try #require(Self.all.first { $0.name == name })
    // Long enough for several pieces, with a matrix small enough to be made orthogonal in no time.
    var layout = Self.layout(rows: 64, columns: 48)
    layout.append("long", [300_000])
    var random = Xoshiro256(seed: 5)
    let gradient = (0..<layout.count).map { _ in random.uniform(in: -1...1) }
    let start = [Float](repeating: 0.5, count: layout.count)
    let moved = expectSameResult { [layout] in
      var values = start
      var optimizer = Optimizer(settings, layout: layout)
      for _ in 0..<2 { optimizer.update(&values, gradient: gradient, learningRate: rate) }
      return values
    }
    #expect(moved.indices.allSatisfy { moved[$0] != start[$0] })
  }

  @Test func weightDecayShrinksWithoutAGradient() {
    var values: [Float] = [1, 2]
    var adam = Adam(parameterCount: 2, settings: .init(weightDecay: 0.1))
    adam.update(&values, gradient: [0, 0], learningRate: 0.5)
    #expect(values == [0.95, 1.9])
  }

  @Test func muonMovesAlongAnOrthogonalMatrix() {
    let layout = Self.layout(rows: 6, columns: 4)
    var random = Xoshiro256(seed: 2)
    let gradient = (0..<layout.count).map { _ in random.uniform(in: -1...1) }
    var values = [Float](repeating: 0, count: layout.count)
    var muon = Muon(layout: layout, matrices: ["matrix"])
    muon.update(&values, gradient: gradient, learningRate: 1)
    let move = Tensor(Array(values[5...]), shape: [6, 4]) * Float(1 / 1.5.squareRoot())
    let product = move.matrixProduct(move, transposingLeft: true).values
    // Singular values between 0.6 and 1.3: their squares are the trace's four parts.
    for i in 0..<4 { #expect((0.3...1.7).contains(product[i * 4 + i]), "\(product)") }
    // Adam's first move is its rate against the sign of the gradient.
    for i in 0..<5 { #expect(abs(values[i] + (gradient[i] > 0 ? 1 : -1) / 3) < 1e-5) }
  }

  private static func gradient(_ arrays: [[Float]]) -> ParameterGradient {
    var layout = ParameterLayout()
    for (index, array) in arrays.enumerated() { layout.append("\(index)", [array.count]) }
    return ParameterGradient(layout: layout, parts: arrays.map { Tensor($0) })
  }

  @Test func clippingLimitsTheLengthOfAGradient() {
    #expect(Self.gradient([[3], [4]]).length == 5)
    #expect(clippingFactor(length: 5, limit: 1) == 0.2)
    #expect(clippingFactor(length: 0.5, limit: 1) == 1)
    #expect(Self.gradient([[.infinity, 1]]).length == .infinity)
    #expect(clippingFactor(length: .infinity, limit: 1) == 1)
    #expect(clippingFactor(length: .nan, limit: 1).isFinite)
    #expect(Self.gradient([[]]).length == 0)
    // More than one piece, and a rest that no vector fills.
    let long = Self.gradient([[Float](repeating: 0.5, count: 200_003), [1]])
    #expect(abs(long.length - (200_003.0 / 4 + 1).squareRoot()) < 1e-9)
  }

  @Test("A gradient in parts gives the same update as one in one array, on any number of threads")
  func partsMoveAsAWhole() {
    var random = Xoshiro256(seed: 5)
    var parameters = Parameters()
    parameters.append("short", [7], uniform: 1, &random)
    parameters.append("long", [3, 150_001], uniform: 1, &random)
    let slopes = parameters.layout.entries.map { entry in
      Tensor((0..<entry.count).map { _ in random.uniform(in: -1...1) }, shape: entry.shape)
    }
    let gradient = ParameterGradient(layout: parameters.layout, parts: slopes)
    var (values, whole) = (parameters.values, Adam(parameterCount: parameters.layout.count))
    for _ in 0..<2 {
      whole.update(&values, gradient: gradient.flat.map { 0.25 * $0 }, learningRate: 0.01)
    }
    let moved = expectSameResult { [parameters] in
      var (moved, adam) = (parameters, Adam(parameterCount: parameters.layout.count))
      for _ in 0..<2 {
        adam.update(&moved, gradient: gradient, scale: 0.25, learningRate: 0.01)
      }
      // A separate expectation would print half a million numbers.
      let isSame = adam == whole
      #expect(isSame)
      return moved.values
    }
    let isWhole = moved == values
    #expect(isWhole)
    for count in [2, 3] {
      let sum = expectSameResult { [parameters] in
        ParameterGradient.sum(
          [ParameterGradient](repeating: gradient, count: count), layout: parameters.layout
        ).flat
      }
      let isSum = sum == gradient.flat.map { Float(count) * $0 }
      #expect(isSum, "\(count) gradients")
    }
    let alone = ParameterGradient.sum([gradient], layout: parameters.layout)
    let isAlone = alone.flat == gradient.flat
    #expect(isAlone)
    #expect(gradient.parts[0].values == slopes[0].values, "adding must not change what is added")
  }

  @Test func aMovingAverageMovesAFractionOfTheWay() {
    var random = Xoshiro256(seed: 9)
    for count in [0, 3, 300_000] {
      let start = (0..<count).map { _ in random.uniform(in: -1...1) }
      let target = (0..<count).map { _ in random.uniform(in: -1...1) }
      let expected = start.indices.map { start[$0] + 0.25 * (target[$0] - start[$0]) }
      let moved = { () -> [Float] in
        var average = start
        average.move(towards: target, share: 0.25)
        return average
      }
      // Fewer numbers are not worth a second thread.
      let isRight = (count < 300_000 ? moved() : expectSameResult(moved)) == expected
      #expect(isRight, "\(count) numbers")
    }
  }

  @Test func schedulesRiseAndFall() {
    let schedule = Schedule.cosine(warmUp: 0.1)
    #expect(schedule.factor(at: 0) == 0.01)
    #expect(abs(schedule.factor(at: 0.05) - 0.5) < 1e-12)
    #expect(abs(schedule.factor(at: 0.55) - 0.5) < 1e-12)
    #expect(abs(schedule.factor(at: 1)) < 1e-12)
    #expect(abs(schedule.factor(at: 7)) < 1e-12)
    #expect(Schedule.constant.factor(at: 0.7) == 1)
    let rising = Schedule.warmUp(0.2)
    #expect(rising.factor(at: 0) == 0.01 && abs(rising.factor(at: 0.1) - 0.5) < 1e-12)
    #expect(rising.factor(at: 0.2) == 1 && rising.factor(at: 3) == 1)
  }
}
