import DifferentiableCore
import Numerics
import TestSupport
import Testing

@Suite struct ConvolutionTests {
  /// Batch, height, width, inputs, outputs, kernel height, kernel width.
  static let shapes: [[Int]] = [
    [1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 3, 2, 3, 3], [2, 4, 3, 5, 16, 3, 3], [1, 5, 7, 17, 33, 3, 3],
    [3, 4, 4, 2, 15, 1, 1], [1, 6, 5, 1, 31, 5, 3], [2, 16, 16, 12, 48, 3, 3],
    [1, 64, 64, 3, 17, 3, 3], [1, 2, 2, 1, 8, 7, 7], [1, 13, 1, 6, 32, 1, 3],
    // Without a border; inputs beyond a panel's cache; outputs beyond a group of panels.
    [4, 8, 8, 192, 64, 1, 1], [1, 5, 3, 16, 7, 1, 1], [2, 4, 4, 96, 96, 3, 3],
    [1, 9, 4, 20, 150, 3, 3],
  ]

  /// Shapes whose tiles take fewer products than the definition: pictures that end with a tile and within one,
  /// channels that end with a vector and within one, more tiles than scratch memory holds together.
  static let tiledShapes: [[Int]] = [
    [2, 16, 16, 16, 16, 3, 3], [2, 5, 7, 17, 33, 3, 3], [1, 13, 11, 19, 50, 3, 3],
    [8, 4, 4, 32, 96, 3, 3], [1, 40, 12, 48, 20, 3, 3], [3, 9, 16, 64, 31, 3, 3],
  ]

  private func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = Xoshiro256(seed: seed)
    return Tensor(
      (0..<shape.reduce(1, *)).map { _ in random.uniform(in: -1...1) }, shape: shape)
  }

  /// The sum over the kernel's places, in double, straight from the definition; with `g` in place of
  /// the kernel's values, what each of them contributed.
  private func visit(
    _ shape: [Int], _ body: (_ x: Int, _ kernel: Int, _ y: Int) -> Void
  ) {
    let (batch, height, width, inputs, outputs) = (shape[0], shape[1], shape[2], shape[3], shape[4])
    for b in 0..<batch {
      for row in 0..<height {
        for column in 0..<width {
          for i in 0..<shape[5] {
            for j in 0..<shape[6] {
              let (fromRow, fromColumn) = (row + i - shape[5] / 2, column + j - shape[6] / 2)
              guard (0..<height).contains(fromRow) && (0..<width).contains(fromColumn) else {
                continue
              }
              let from = ((b * height + fromRow) * width + fromColumn) * inputs
              let place = (i * shape[6] + j) * inputs
              let to = ((b * height + row) * width + column) * outputs
              for c in 0..<inputs {
                for o in 0..<outputs { body(from + c, (place + c) * outputs + o, to + o) }
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: shapes) func agreesWithTheDefinition(shape: [Int]) {
    let errors = self.errors(shape)
    #expect(errors.value < 5e-5)
    #expect(errors.input < 5e-5)
    #expect(errors.kernel < 2e-4)
  }

  // The transforms cost about a digit: sums of some hundred products between -1 and 1, and some thousand for
  // the kernel.
  @Test(arguments: tiledShapes) func tilesAgreeWithTheDefinition(shape: [Int]) {
    let errors = self.errors(shape)
    #expect(errors.value < 5e-4)
    #expect(errors.input < 5e-4)
    #expect(errors.kernel < 2e-3)
  }

  /// The largest errors of a convolution's values and of its derivatives with respect to the pictures and
  /// the kernel.
  private func errors(_ shape: [Int]) -> (value: Double, input: Double, kernel: Double) {
    let x = random(Array(shape[0..<4]), seed: 1).tracked()
    let kernel = random([shape[5], shape[6], shape[3], shape[4]], seed: 2).tracked()
    let bias = random([shape[4]], seed: 3).tracked()
    let g = random(Array(shape[0..<3]) + [shape[4]], seed: 4)
    let (xs, ks, gs, bs) = (x.values, kernel.values, g.values, bias.values)
    var expected = gs.indices.map { Double(bs[$0 % shape[4]]) }
    var (forInput, forKernel) = (
      [Double](repeating: 0, count: xs.count), [Double](repeating: 0, count: ks.count)
    )
    visit(shape) { from, place, to in
      expected[to] += Double(xs[from]) * Double(ks[place])
      forInput[from] += Double(gs[to]) * Double(ks[place])
      forKernel[place] += Double(gs[to]) * Double(xs[from])
    }
    let y = x.convolved(with: kernel, bias: bias)
    let slopes = gradients(of: y, withRespectTo: [x, kernel, bias], seed: g)
    #expect(slopes[2].shape == [shape[4]])
    return (
      maximumDifference(y.values, expected), maximumDifference(slopes[0].values, forInput),
      maximumDifference(slopes[1].values, forKernel)
    )
  }

  /// Leaves other numbers in the memory that is free to be used again.
  private func fillMemory(with other: () -> [Tensor]) {
    let others = (0..<8).map { _ in other() }
    #expect(others.count == 8)
  }

  // By the definition and in tiles.
  @Test(arguments: [5, 16]) func threadsChangeNothing(channels: Int) {
    let x = random([4, 32, 32, channels], seed: 1).tracked()
    let kernel = random([3, 3, channels, 20], seed: 2).tracked()
    let y = x.convolved(with: kernel)
    let seed = random(y.shape, seed: 4)
    let results = { (kernel: Tensor, seed: Tensor) in
      [x.convolved(with: kernel)]
        + gradients(of: y, withRespectTo: [x, kernel], seed: seed)
    }
    let (otherKernel, otherSeed) = (random(kernel.shape, seed: 3), random(y.shape, seed: 5))
    expectSameResult {
      // Memory is used again, and might hold the right numbers from the time before.
      fillMemory { results(otherKernel.tracked(), otherSeed) }
      return results(kernel, seed).map(\.values)
    }
  }
}
