import DifferentiableCore
import Foundation
import TestSupport
import Testing
import Training

/// Fifty steps beside PyTorch's, recorded by Goldens/make_goldens.py.
@Suite struct OptimizerGoldenTests {
  private struct Record: Decodable {
    let table: [UInt32]
    let start: [UInt32]
    let steps: Int
    let adam: [UInt32]
    let adamw: [UInt32]
    let sgd: [UInt32]
    let momentum: [UInt32]
    let nesterov: [UInt32]
    let muon_tall: [UInt32]
    let muon_wide: [UInt32]
  }

  private let record: Record

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "Goldens/optimizers", withExtension: "json"))
    record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: url))
  }

  /// The bits of the parameters after all steps.
  private func run(
    _ settings: OptimizerSettings, shape: [Int], learningRate: Double
  ) -> [UInt32] {
    var layout = ParameterLayout()
    layout.append("w", shape)
    let table = record.table.map { Float(bitPattern: $0) }
    var values = record.start.prefix(layout.count).map { Float(bitPattern: $0) }
    var optimizer = Optimizer(settings, layout: layout)
    for step in 1...record.steps {
      let gradient = values.indices.map { table[(7 * $0 + 13 * step) % table.count] }
      optimizer.update(&values, gradient: gradient, learningRate: learningRate)
    }
    return values.map(\.bitPattern)
  }

  private func numbers(_ bits: [UInt32]) -> [Float] { bits.map { Float(bitPattern: $0) } }

  @Test func gradientDescentIsPyTorchsBitForBit() {
    let run = { (settings: GradientDescent.Settings) in
      self.run(.gradientDescent(settings), shape: [61], learningRate: 1e-2)
    }
    #expect(run(.init()) == record.sgd)
    #expect(run(.init(momentum: 0.9, weightDecay: 0.05)) == record.momentum)
    #expect(run(.init(momentum: 0.9, nesterov: true)) == record.nesterov)
  }

  /// PyTorch's square root is one unit off for a sixth of all numbers, ours is correctly rounded: a
  /// few parameters of 61 end one rounding apart.
  @Test func adamIsPyTorchsExceptForItsSquareRoot() {
    let runs = [
      (run(.adam(), shape: [61], learningRate: 1e-3), record.adam),
      (run(.adam(.init(weightDecay: 0.05)), shape: [61], learningRate: 1e-3), record.adamw),
    ]
    for (own, torch) in runs {
      let equal = pairs(own, torch).count { $0 == $1 }
      #expect(equal >= 58 && torch.count == 61)
      expectClose(actual: numbers(own), expected: numbers(torch), absolute: 6e-8)
    }
  }

  @Test func muonFollowsTheReferenceCode() {
    let runs = [
      (
        run(
          .muon(.init(weightDecay: 0.1), matrices: ["w"]), shape: [10, 6], learningRate: 0.02),
        record.muon_tall
      ),
      (run(.muon(matrices: ["w"]), shape: [5, 12], learningRate: 0.02), record.muon_wide),
    ]
    for (own, torch) in runs {
      #expect(torch.count == 60)
      expectClose(actual: numbers(own), expected: numbers(torch), absolute: 2e-5)
    }
  }
}
