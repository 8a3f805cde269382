import DifferentiableCore
import Numerics
import TestSupport
import Testing

/// Sums over parts, whose derivatives are taken part by part, against the sum over the whole.
@Suite struct PartsTests {
  private static let items = 7

  private func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = Xoshiro256(seed: seed)
    return Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }, shape: shape)
  }

  private var inputs: [Tensor] {
    [random([Self.items, 3], seed: 1), random([Self.items, 4, 3], seed: 2), random([3], seed: 3)]
  }

  private func sum(_ tensors: [Tensor], size: Int) -> (value: Tensor, remarks: [Range<Int>]) {
    Tensor.sum(overPartsOf: Array(tensors[..<2]), size: size, sharing: [tensors[2]]) {
      range, own, shared in
      (Self.term(own, shared[0]), range)
    }
  }

  /// Adds up over items, so that the parts' sum is that of the whole.
  private static func term(_ own: [Tensor], _ shared: Tensor) -> Tensor {
    let rows = (own[0] * shared).sine().reshaped([-1, 1, 3])
    return (rows * own[1] * shared).sumOfSquares()
  }

  @Test("The size of the parts does not change the result", arguments: [1, 2, 3, 7, 100])
  func partsAddUp(size: Int) {
    let variables = inputs.map { $0.tracked() }
    let (value, remarks) = sum(variables, size: size)
    let whole = Self.term(Array(variables[..<2]), variables[2])
    #expect(remarks.flatMap { Array($0) } == Array(0..<Self.items))
    #expect(remarks.allSatisfy { $0.count <= size })
    #expect(abs(value.scalar - whole.scalar) < 1e-4 * abs(whole.scalar))
    for factor: Float in [1, -0.5] {
      let slopes = gradients(of: value * factor, withRespectTo: variables)
      let expected = gradients(of: whole * factor, withRespectTo: variables)
      for (slope, expected) in pairs(slopes, expected) {
        #expect(errorRelativeToLargest(slope.values, expected.values) < 1e-5)
      }
    }
  }

  @Test("Only tracked tensors have derivatives", arguments: [0, 1, 2])
  func onlyTrackedOnes(position: Int) {
    var tensors = inputs
    tensors[position] = tensors[position].tracked()
    let slopes = gradients(of: sum(tensors, size: 2).value, withRespectTo: [tensors[position]])
    let whole = Self.term(Array(tensors[..<2]), tensors[2])
    let expected = gradients(of: whole, withRespectTo: [tensors[position]])
    #expect(errorRelativeToLargest(slopes[0].values, expected[0].values) < 1e-5)
    #expect(!sum(inputs, size: 2).value.isTracked)
  }

  @Test("A kept derivative is not changed by a later sum")
  func keptSlopesAreNotWrittenOver() {
    let variables = inputs.map { $0.tracked() }
    let value = sum(variables, size: 2).value + variables.map { $0.sumOfSquares() }[0]
    let once = gradients(of: value, withRespectTo: variables)
    let again = gradients(of: value, withRespectTo: variables)
    #expect(once.count == 3 && once.map(\.values) == again.map(\.values))
  }

  @Test func theNumberOfThreadsDoesNotMatter() {
    expectSameResult {
      let variables = inputs.map { $0.tracked() }
      let value = sum(variables, size: 1).value
      return [value.values] + gradients(of: value, withRespectTo: variables).map(\.values)
    }
  }

  @Test func nothingIsZero() {
    let variables = [Tensor.zeros([0, 3]), .zeros([0, 4, 3]), random([3], seed: 3)].map {
      $0.tracked()
    }
    let (value, remarks) = sum(variables, size: 2)
    #expect(value.scalar == 0 && remarks.isEmpty)
    let slopes = gradients(of: value, withRespectTo: variables)
    #expect(slopes.map(\.shape) == variables.map(\.shape))
    #expect(slopes[2].values == [0, 0, 0])
  }
}
