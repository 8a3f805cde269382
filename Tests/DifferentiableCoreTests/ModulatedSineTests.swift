import DifferentiableCore
import RandomNumbers
import TestSupport
import Testing

/// Shapes around the kernels' blocks: 32 numbers wide, 12 rows, tiles of 256 rows.
@Suite struct ModulatedSineTests {
  private static let widths = [1, 31, 32, 33, 255, 257]
  private static let rows = [1, 11, 12, 13, 300]

  @Test("One pass agrees with the composition", arguments: widths, rows)
  func agreesWithTheComposition(width: Int, rows: Int) {
    compare(input: [rows, width], scale: [width])
    compare(input: [2, rows, width], scale: [width])
    compare(input: [3, rows, width], scale: [3, width])
  }

  private func compare(input: [Int], scale: [Int]) {
    var random = Xoshiro256(seed: 4, UInt64(input.reduce(1, *)))
    let inputs = [
      Tensor(uniform: input, in: -1...1, &random), Tensor(uniform: scale, in: 10...40, &random),
      Tensor(uniform: scale, in: -30...30, &random),
    ]
    let weights = Tensor(uniform: input, in: -1...1, &random)
    let run = { (function: ([Tensor]) -> Tensor) -> (Tensor, [Tensor]) in
      let variables = inputs.map { $0.tracked() }
      let result = function(variables)
      return (result, gradients(of: result, withRespectTo: variables, seed: weights))
    }
    let (fused, fusedSlopes) = run { $0[0].modulatedSine(scale: $0[1], shift: $0[2]) }
    let (plain, plainSlopes) = run { $0[0].modulatedSineComposition(scale: $0[1], shift: $0[2]) }
    #expect(fused.shape == plain.shape)
    // Phases reach 70, whose last bit is 8e-6.
    let error = zip(fused.values, plain.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(error < 1.5e-5, "values of \(input), scale \(scale): \(error)")
    for (name, pair) in zip(["input", "scale", "shift"], zip(fusedSlopes, plainSlopes)) {
      #expect(pair.0.shape == pair.1.shape)
      let error = errorRelativeToLargest(pair.0.values, pair.1.values)
      #expect(error < 3e-5, "derivative by the \(name) of \(input), scale \(scale): \(error)")
    }
  }

  @Test("Derivatives to order 3 agree with central differences", arguments: [1, 5, 33])
  func derivativesAgree(width: Int) {
    for (input, scale) in [([3, width], [width]), ([2, 3, width], [2, width])] {
      var random = Xoshiro256(seed: 8, UInt64(width))
      let inputs = [input, scale, scale].map { Tensor(uniform: $0, in: -1...1, &random) }
      let check = checkGradients(at: inputs, order: 3, seed: 5) {
        $0[0].modulatedSine(scale: $0[1], shift: $0[2])
      }
      #expect(
        check.largestError < 5e-3,
        "width \(width), \(scale): error \(check.largestError) at order \(check.order)")
    }
  }

  @Test func noRowsGiveNothing() {
    let z = Tensor.zeros([2, 0, 5]).tracked()
    let scale = Tensor.ones([2, 5]).tracked()
    let result = z.modulatedSine(scale: scale, shift: scale)
    #expect(result.shape == [2, 0, 5])
    let slopes = gradients(of: result.sum(), withRespectTo: [z, scale])
    #expect(slopes[0].shape == [2, 0, 5])
    #expect(slopes[1].values == [Float](repeating: 0, count: 10))
  }
}

extension Tensor {
  /// Numbers drawn uniformly from a range.
  fileprivate init(
    uniform shape: [Int], in range: ClosedRange<Float>, _ random: inout Xoshiro256
  ) {
    self.init((0..<shape.reduce(1, *)).map { _ in random.uniform(in: range) }, shape: shape)
  }
}
