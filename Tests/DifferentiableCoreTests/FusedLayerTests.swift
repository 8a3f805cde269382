import DifferentiableCore
import Numerics
import TestSupport
import Testing

/// Fused layers against their plain compositions, values and slopes.
@Suite struct FusedLayerTests {
  private func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = Xoshiro256(seed: seed)
    return Tensor((0..<shape.reduce(1, *)).map { _ in Float(random.normal()) }, shape: shape)
  }

  /// Nothing errs by nothing.
  private func error(_ own: Tensor, _ expected: Tensor) -> Double {
    let isZero = expected.values.allSatisfy { $0 == 0 } && own.values == expected.values
    return isZero ? 0 : errorRelativeToLargest(own.values, expected.values)
  }

  /// Compares values, and slopes where all inputs or single ones are tracked.
  private func compare(
    _ inputs: [Tensor], tolerance: Double, _ fused: ([Tensor]) -> Tensor,
    _ plain: ([Tensor]) -> Tensor
  ) {
    let variables = inputs.map { $0.tracked() }
    let (own, expected) = (fused(variables), plain(variables))
    #expect(own.shape == expected.shape)
    #expect(error(own, expected) < tolerance)
    let seed = random(own.shape, seed: 99)
    let slopes = gradients(of: own, withRespectTo: variables, seed: seed)
    let expectedSlopes = gradients(of: expected, withRespectTo: variables, seed: seed)
    for (position, (slope, expected)) in pairs(slopes, expectedSlopes).enumerated() {
      let error = error(slope, expected)
      #expect(error < tolerance, "input \(position): \(error)")
      var single = inputs
      single[position] = variables[position]
      let alone = gradients(of: fused(single), withRespectTo: [variables[position]], seed: seed)
      #expect(alone[0].values == slope.values)
    }
  }

  /// Compares values and slopes on several threads.
  private func compareThreads(_ inputs: [Tensor], _ fused: ([Tensor]) -> Tensor) {
    let variables = inputs.map { $0.tracked() }
    expectSameResult {
      let output = fused(variables)
      let slopes = gradients(
        of: output, withRespectTo: variables, seed: random(output.shape, seed: 99))
      return [output.values] + slopes.map(\.values)
    }
  }

  /// For the layers that use several threads.
  ///
  /// Rows are scaled by one.
  @Test func threadsChangeNothing() {
    compareThreads([
      random([3, 60, 33], seed: 1), random([3, 40, 2], seed: 2), random([3, 34, 2], seed: 3),
      random([34], seed: 4).exponential(),
    ]) {
      $0[0].ridgeFittedOutput(observed: $0[1], layers: $0[2], precision: $0[3])
    }
    compareThreads([random([4, 300, 64], seed: 8), random([4, 65, 33], seed: 9)]) {
      $0[0].affine(ofEach: $0[1])
    }
  }

  @Test(
    "An output layer is fitted to fewer points than unknowns, to as many and to more",
    arguments: [1, 2, 6, 7, 8, 9, 31, 200], [1, 3])
  func ridgeFittedOutput(observed: Int, channels: Int) {
    for (items, width, targets) in [(1, 7, 1), (3, 7, 20), (2, 33, 5)] {
      let inputs = [
        random([items, observed + targets, width], seed: 1),
        random([items, observed, channels], seed: 2),
        random([items, width + 1, channels], seed: 3),
        random([width + 1], seed: 4).exponential(),
      ]
      compare(inputs, tolerance: 1e-4) {
        $0[0].ridgeFittedOutput(observed: $0[1], layers: $0[2], precision: $0[3])
      } _: {
        $0[0].ridgeFittedOutputComposition(observed: $0[1], layers: $0[2], precision: $0[3])
      }
    }
  }

  @Test("A system that cannot be solved gives not-a-number and does not trap", arguments: [3, 20])
  func unsolvable(observed: Int) {
    let features = random([1, observed + 2, 5], seed: 5).tracked()
    let result = features.ridgeFittedOutput(
      observed: random([1, observed, 2], seed: 6), layers: random([1, 6, 2], seed: 7),
      precision: Tensor(repeating: .nan, shape: [6]))
    #expect(result.sliced(axis: 2, 0..<2).values.allSatisfy { $0.isNaN })
    #expect(result.sliced(axis: 2, 2..<4).values.allSatisfy { $0.isFinite })
    let slope = gradients(of: result.sum(), withRespectTo: [features])[0]
    #expect(slope.values.contains { $0.isNaN })
  }

  @Test(
    "Each item has its own dense layer",
    arguments: [[1, 1, 1, 1], [3, 5, 2, 4], [2, 40, 33, 6], [1, 0, 3, 2], [4, 300, 64, 3]])
  func affineOfEach(extents: [Int]) {
    let (items, rows, inputs, outputs) = (extents[0], extents[1], extents[2], extents[3])
    compare(
      [random([items, rows, inputs], seed: 8), random([items, inputs + 1, outputs], seed: 9)],
      tolerance: 1e-5
    ) {
      $0[0].affine(ofEach: $0[1])
    } _: {
      $0[0].matrixProduct($0[1].sliced(axis: 1, 0..<inputs))
        + $0[1].sliced(axis: 1, inputs..<inputs + 1)
    }
  }

  @Test(
    "Each row has its own scale", arguments: [[1, 1, 1], [2, 3, 15], [3, 5, 33], [1, 128, 128]])
  func scaledRows(extents: [Int]) {
    let (items, rows, columns) = (extents[0], extents[1], extents[2])
    compare(
      [random([rows, columns], seed: 10), random([items, rows], seed: 11)], tolerance: 1e-5
    ) {
      $0[0].scalingRows(by: $0[1])
    } _: {
      ($0[1] + 1).reshaped([items, rows, 1]) * $0[0]
    }
  }
}
