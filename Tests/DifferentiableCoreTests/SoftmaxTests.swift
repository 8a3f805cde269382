import DifferentiableCore
import Foundation
import Numerics
import TestSupport
import Testing

/// The softmax and the attention made of it, against their definitions.
@Suite struct SoftmaxTests {
  private func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = Xoshiro256(seed: seed)
    return Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }, shape: shape)
  }

  @Test(
    "The softmax of a row of any length is right", arguments: [1, 2, 15, 16, 17, 31, 32, 33, 201])
  func rowsOfEveryLength(length: Int) {
    let scores = random([3, length], seed: 1) * 5
    let result = scores.softmax().values
    for row in 0..<3 {
      let own = scores.values[row * length..<(row + 1) * length].map { Double($0) }
      let largest = own.max() ?? 0
      let powers = own.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      for (index, power) in powers.enumerated() {
        #expect(abs(Double(result[row * length + index]) - power / sum) < 1e-6)
      }
    }
  }

  @Test(
    "A mixture and its derivatives equal the composition's",
    arguments: [
      [1, 1, 1, 1], [3, 1, 17, 8], [2, 5, 16, 33], [5, 64, 201, 128], [2, 65, 9, 7],
      [1, 150, 30, 20],
    ])
  func mixtureFollowsTheComposition(extents: [Int]) {
    let (items, rows, points, width) = (extents[0], extents[1], extents[2], extents[3])
    let inputs = [
      (random([items, rows, width], seed: 2) * (1 / Float(width))).tracked(),
      random([items, points, width], seed: 3).tracked(),
    ]
    let seed = random([items, rows, width], seed: 4)
    let own = inputs[0].softmaxMixture(of: inputs[1])
    let expected = inputs[0].softmaxMixtureComposition(of: inputs[1])
    #expect(errorRelativeToLargest(own.values, expected.values) < 1e-5)
    let slopes = gradients(of: own, withRespectTo: inputs, seed: seed)
    let expectedSlopes = gradients(of: expected, withRespectTo: inputs, seed: seed)
    for (slope, expected) in pairs(slopes, expectedSlopes) {
      #expect(errorRelativeToLargest(slope.values, expected.values) < 1e-5)
    }
  }

  @Test("A mixture is the same on any number of threads", arguments: [(3, 1, 17), (5, 64, 201)])
  func mixtureOnThreads(items: Int, rows: Int, points: Int) {
    let inputs = [
      random([items, rows, 33], seed: 2).tracked(), random([items, points, 33], seed: 3).tracked(),
    ]
    let seed = random([items, rows, 33], seed: 4)
    expectSameResult {
      let mixture = inputs[0].softmaxMixture(of: inputs[1])
      return [mixture.values]
        + gradients(of: mixture, withRespectTo: inputs, seed: seed).map(\.values)
    }
  }

  @Test("A mixture without points or without rows is empty")
  func nothingToMix() {
    let none = Tensor.ones([2, 3, 4]).softmaxMixture(of: .zeros([2, 0, 4]))
    #expect(none.shape == [2, 3, 4])
    #expect(none.values.allSatisfy { $0 == 0 })
    #expect(Tensor.zeros([2, 0, 4]).softmaxMixture(of: .ones([2, 3, 4])).shape == [2, 0, 4])
  }
}
