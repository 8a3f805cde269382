import DifferentiableCore
import Numerics
import Testing

/// One differentiable operation with inputs to try it on; the table drives the gradient tests: a
/// new operation adds one entry.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Int]]
  /// Inputs are drawn from this range.
  var range: ClosedRange<Float> = -1...1
  let apply: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }

  func inputs(seed: UInt64) -> [Tensor] {
    var random = Xoshiro256(seed: seed)
    return shapes.map { shape in
      Tensor(
        (0..<shape.reduce(1, *)).map { _ in random.uniform(in: range) }, shape: shape)
    }
  }

  static let all: [OperationCase] = [
    .init(name: "add, same shape", shapes: [[3, 4], [3, 4]]) { $0[0] + $0[1] },
    .init(name: "add, row repeated", shapes: [[3, 4], [4]]) { $0[0] + $0[1] },
    .init(name: "subtract, column repeated", shapes: [[3, 1], [3, 4]]) { $0[0] - $0[1] },
    .init(name: "multiply, middle axis repeated", shapes: [[2, 3, 4], [2, 1, 4]]) {
      $0[0] * $0[1]
    },
    .init(name: "multiply, outer product", shapes: [[3, 1], [1, 5]]) { $0[0] * $0[1] },
    .init(name: "multiply by a single number", shapes: [[3, 2], []]) { $0[0] * $0[1] },
    .init(name: "divide", shapes: [[2, 3], [3]], range: 0.5...1.5) { $0[0] / $0[1] },
    .init(name: "scale and shift", shapes: [[5]]) { $0[0] * 3 + 1 - $0[0] / 2 },
    .init(name: "negate", shapes: [[5]]) { -($0[0] * $0[0]) },
    .init(name: "sine", shapes: [[7]]) { $0[0].sine() },
    .init(name: "cosine", shapes: [[7]]) { $0[0].cosine() },
    .init(name: "exponential", shapes: [[7]]) { $0[0].exponential() },
    .init(name: "logarithm", shapes: [[7]], range: 0.5...1.5) { $0[0].logarithm() },
    .init(name: "square root", shapes: [[7]], range: 0.5...1.5) { $0[0].squareRoot() },
    .init(name: "reciprocal", shapes: [[7]], range: 0.6...1.5) { $0[0].reciprocal() },
    .init(name: "squared", shapes: [[7]]) { $0[0].squared() },
    .init(name: "rectified, away from 0", shapes: [[7]], range: 0.2...1) {
      $0[0].rectified().squared() + ($0[0] - 2).rectified()
    },
    .init(name: "hyperbolic tangent", shapes: [[7]]) { $0[0].hyperbolicTangent() },
    .init(name: "Gaussian error linear", shapes: [[7]]) { $0[0].gaussianErrorLinear() },
    .init(name: "maximum, apart", shapes: [[6], [6]], range: 0.2...1) {
      Tensor.maximum($0[0].squared() + 2, $0[1]) + Tensor.maximum($0[0], $0[1].squared() + 3)
    },
    .init(name: "selected", shapes: [[2, 3], [2, 3]]) {
      $0[0].squared().selected(by: Tensor([1, 0, 1], shape: [3]), else: $0[1].squared())
    },
    .init(name: "sum of all", shapes: [[3, 4]]) { $0[0].squared().sum() },
    .init(name: "Gram matrix", shapes: [[2, 4, 3]]) { $0[0].squared().gram() },
    .init(name: "sum of squares", shapes: [[3, 4]]) { $0[0].sine().sumOfSquares() },
    .init(name: "sum over first", shapes: [[3, 4]]) { $0[0].squared().sum(axes: [0]) },
    .init(name: "sum over middle", shapes: [[2, 3, 4]]) { $0[0].squared().sum(axes: [1]) },
    .init(name: "sum over two apart", shapes: [[2, 3, 4]]) {
      $0[0].squared().sum(axes: [0, 2], keepingAxes: true)
    },
    .init(name: "mean over last", shapes: [[3, 4]]) { $0[0].squared().mean(axes: [-1]) },
    .init(name: "softmax", shapes: [[3, 5]]) { $0[0].softmax() },
    .init(name: "softmax, masked", shapes: [[3, 5]]) {
      $0[0].softmax(mask: Tensor([1, 1, 0, 1, 0], shape: [5]))
    },
    .init(name: "softmax mixture", shapes: [[2, 3, 4], [2, 5, 4]]) {
      $0[0].softmaxMixture(of: $0[1])
    },
    .init(name: "sum over parts", shapes: [[5, 2], [5, 3, 2], [2]]) {
      Tensor.sum(overPartsOf: Array($0[..<2]), size: 2, sharing: [$0[2]]) { _, own, shared in
        ((own[0] * shared[0]).sum() * (own[1].sine() * shared[0]).sum(), ())
      }.value
    },
    .init(name: "layer normalization", shapes: [[2, 6], [6], [6]]) {
      $0[0].layerNormalized(scale: $0[1], shift: $0[2], epsilon: 0.1)
    },
    .init(name: "reshape", shapes: [[3, 4]]) { $0[0].squared().reshaped([2, -1]) },
    .init(name: "permute", shapes: [[2, 3, 4]]) { $0[0].squared().permuted([2, 0, 1]) },
    .init(name: "transpose", shapes: [[2, 3, 4]]) { $0[0].squared().transposed() },
    .init(name: "broadcast", shapes: [[3, 1]]) { $0[0].squared().broadcast(to: [2, 3, 4]) },
    .init(name: "slice", shapes: [[3, 5, 2]]) { $0[0].squared().sliced(axis: 1, 1..<4) },
    .init(name: "pad", shapes: [[3, 2]]) {
      $0[0].squared().padded(axis: 0, before: 1, after: 2)
    },
    .init(name: "concatenate", shapes: [[2, 3], [2, 1]]) {
      Tensor.concatenated([$0[0].squared(), $0[1].squared()], axis: 1)
    },
    .init(name: "gather", shapes: [[4, 3]]) { $0[0].squared().gatheredRows([2, 0, 2]) },
    .init(name: "scatter", shapes: [[3, 2]]) {
      $0[0].squared().scatteredRows([4, 1, 4], count: 5)
    },
    .init(name: "matrix product", shapes: [[3, 4], [4, 2]]) { $0[0].matrixProduct($0[1]) },
    .init(name: "matrix product, left transposed", shapes: [[4, 3], [4, 2]]) {
      $0[0].matrixProduct($0[1], transposingLeft: true)
    },
    .init(name: "matrix product, right transposed", shapes: [[3, 4], [2, 4]]) {
      $0[0].matrixProduct($0[1], transposingRight: true)
    },
    .init(name: "matrix product, both transposed", shapes: [[4, 3], [2, 4]]) {
      $0[0].matrixProduct($0[1], transposingLeft: true, transposingRight: true)
    },
    .init(name: "matrix product, a batch", shapes: [[2, 3, 4], [2, 2, 4]]) {
      $0[0].matrixProduct($0[1], transposingRight: true)
    },
    .init(name: "matrix product, weights shared", shapes: [[2, 3, 4], [4, 2]]) {
      $0[0].matrixProduct($0[1])
    },
    .init(name: "matrix product, input shared", shapes: [[3, 4], [2, 5, 4]]) {
      $0[0].matrixProduct($0[1], transposingRight: true)
    },
    .init(name: "sine network", shapes: [[2, 4, 2], [2, 3, 2], [3], [2, 3], [2, 2]]) {
      .sineNetwork(
        at: $0[0],
        [
          SineNetworkLayer(weight: $0[1], bias: $0[2], omega: 2),
          SineNetworkLayer(weight: $0[3], bias: $0[4], omega: nil),
        ])
    },
    .init(name: "affine map", shapes: [[2, 3, 4], [5, 4], [5]]) {
      $0[0].affine(weight: $0[1], bias: $0[2])
    },
    .init(name: "affine map of each", shapes: [[2, 3, 4], [2, 5, 3]]) {
      $0[0].affine(ofEach: $0[1])
    },
    .init(name: "rows scaled", shapes: [[3, 4], [2, 3]]) { $0[0].scalingRows(by: $0[1]) },
    .init(name: "ridge regression, few points", shapes: [[2, 2, 3], [2, 2, 2], [3]]) {
      $0[0].ridgeRegression(of: $0[1], precision: $0[2].squared() + 1)
    },
    .init(name: "ridge regression, many points", shapes: [[2, 5, 3], [2, 5, 2], [3]]) {
      $0[0].ridgeRegression(of: $0[1], precision: $0[2].squared() + 1)
    },
    .init(name: "ridge-fitted output", shapes: [[2, 7, 2], [2, 4, 2], [2, 3, 2], [3]]) {
      $0[0].ridgeFittedOutput(observed: $0[1], layers: $0[2], precision: $0[3].squared() + 1)
    },
    .init(name: "convolution", shapes: [[2, 3, 4, 2], [3, 3, 2, 3], [3]]) {
      $0[0].convolved(with: $0[1], bias: $0[2])
    },
    .init(name: "convolution in tiles", shapes: [[2, 8, 8, 16], [3, 3, 16, 16], [16]]) {
      $0[0].convolved(with: $0[1] * 0.1, bias: $0[2])
    },
    .init(name: "convolution, wide kernel, no bias", shapes: [[1, 2, 3, 1], [1, 5, 1, 2]]) {
      $0[0].convolved(with: $0[1])
    },
    .init(name: "positive definite solution", shapes: [[2, 3, 3], [2, 3, 2]]) {
      let gram = $0[0].matrixProduct($0[0], transposingRight: true)
      let identity = Tensor([2, 0, 0, 0, 2, 0, 0, 0, 2], shape: [3, 3])
      return (gram + identity).positiveDefiniteSolution($0[1])
    },
  ]
}
