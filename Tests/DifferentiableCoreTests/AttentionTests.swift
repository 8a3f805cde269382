import DifferentiableCore
import Numerics
import TestSupport
import Testing

/// Attention against its textbook form, which makes keys and values.
@Suite struct AttentionTests {
  private static func textbook(_ inputs: [Tensor], heads: Int, mask: Tensor?) -> Tensor {
    let (points, queries, key, value) = (inputs[0], inputs[1], inputs[2], inputs[3])
    let (batch, width) = (queries.shape[0], queries.shape[2])
    let split = { (tensor: Tensor) in
      tensor.reshaped([batch, tensor.shape[1], heads, width / heads]).permuted([0, 2, 1, 3])
    }
    let keys = split(points.matrixProduct(key, transposingRight: true))
    let values = split(points.matrixProduct(value, transposingRight: true))
    let scores =
      split(queries).matrixProduct(keys, transposingRight: true)
      * (1 / Float(width / heads).squareRoot())
    return scores.softmax(mask: mask?.reshaped([batch, 1, 1, points.shape[1]]))
      .matrixProduct(values).permuted([0, 2, 1, 3]).reshaped(queries.shape)
  }

  @Test("Values and derivatives equal the textbook formula's", arguments: [false, true])
  func followsTheTextbook(isMasked: Bool) {
    var random = Xoshiro256(seed: 3)
    let inputs = [[2, 7, 6], [2, 3, 8], [8, 6], [8, 6]].map { shape in
      Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }, shape: shape).tracked()
    }
    let mask =
      isMasked ? Tensor([1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0], shape: [2, 1, 7]) : nil
    let own = Attention.mixture(
      of: inputs[0], for: inputs[1], heads: 4, mask: mask, key: inputs[2], value: inputs[3])
    let expected = Self.textbook(inputs, heads: 4, mask: mask)
    #expect(own.shape == expected.shape)
    #expect(errorRelativeToLargest(own.values, expected.values) < 1e-5)
    let seed = Tensor((0..<own.count).map { _ in Float(random.normal()) }, shape: own.shape)
    let slopes = gradients(of: own, withRespectTo: inputs, seed: seed)
    let expectedSlopes = gradients(of: expected, withRespectTo: inputs, seed: seed)
    for (slope, expected) in pairs(slopes, expectedSlopes) {
      #expect(errorRelativeToLargest(slope.values, expected.values) < 1e-5)
    }
  }
}
