import DifferentiableCore
import Fields
import Foundation
import Numerics
import TestSupport
import Testing
import Training

@Suite struct BaselineNetworkTests {
  private func network(_ kind: BaselineNetwork.Kind, seed: UInt64 = 1) -> BaselineNetwork {
    var random = Xoshiro256(seed: seed)
    return BaselineNetwork(
      kind, coordinates: 2, hiddenWidth: 16, hiddenLayers: 1, outputs: 1, samples: 32,
      random: &random)
  }

  private let points: [Float] = (0..<700).flatMap { (index: Int) -> [Float] in
    let (row, column) = (Float(index / 26), Float(index % 26))
    return [column / 12.5 - 1, row / 13 - 1]
  }

  @Test(arguments: BaselineNetwork.Kind.allCases)
  func theGradientIsThatOfTheLoss(kind: BaselineNetwork.Kind) {
    var network = network(kind)
    let targets = (0..<700).map { sin(Float($0)) }
    let (loss, gradient) = network.lossGradient(at: points, targets: targets)
    #expect(loss.isFinite && loss > 0)
    // The slope along the gradient, by central differences.
    let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let start = network.parameters.values
    let step = 2e-3
    let lossAt = { (distance: Double) -> Double in
      network.parameters.values = pairs(start, gradient).map {
        $0 + Float(distance / length) * $1
      }
      return network.lossGradient(at: points, targets: targets).loss
    }
    let slope = (lossAt(step) - lossAt(-step)) / (2 * step)
    #expect(abs(slope / length - 1) < 0.03, "\(kind): \(slope) against \(length)")
  }

  @Test(arguments: BaselineNetwork.Kind.allCases)
  func aFewStepsLowerTheLoss(kind: BaselineNetwork.Kind) {
    var network = network(kind)
    let targets = stride(from: 0, to: points.count, by: 2).map { points[$0] * points[$0 + 1] }
    var optimizer = Adam(parameterCount: network.parameters.values.count)
    let first = network.lossGradient(at: points, targets: targets).loss
    for _ in 0..<60 {
      let gradient = network.lossGradient(at: points, targets: targets).gradient
      optimizer.update(&network.parameters.values, gradient: gradient, learningRate: 3e-3)
    }
    #expect(network.lossGradient(at: points, targets: targets).loss < 0.3 * first, "\(kind)")
  }

  @Test(arguments: BaselineNetwork.Kind.allCases)
  func theResultDoesNotDependOnTheThreads(kind: BaselineNetwork.Kind) {
    let targets = [Float](repeating: 0.5, count: 700)
    let gradient = expectSameResult {
      let (loss, gradient) = network(kind).lossGradient(at: points, targets: targets)
      return [Float(loss)] + gradient
    }
    #expect(gradient.contains { $0 != 0 })
    let values = expectSameResult { network(kind).evaluate(at: points) }
    #expect(values.count == 700)
  }

  @Test(arguments: BaselineNetwork.Kind.allCases)
  func theSeedDecidesTheNetwork(kind: BaselineNetwork.Kind) {
    #expect(network(kind) == network(kind))
    #expect(network(kind) != network(kind, seed: 2))
  }

  @Test func theEncodingHoldsTheOctavesBelowNyquist() {
    // 32 samples: 3 octaves, so 2 coordinates become 2 (1 + 2 3) features.
    #expect(network(.encoded).parameters.layout["net.0.weight"]?.shape == [16, 14])
    #expect(network(.radial).parameters.layout["net.0.weight"]?.shape == [16, 256])
    #expect(network(.rectified).parameters.layout["net.2.weight"]?.shape == [1, 16])
  }
}
