import DifferentiableCore
import Numerics
import TestSupport
import Testing

/// The tensor operation over the fused kernels against its plain composition.
@Suite struct SineNetworkTests {
  enum Sharing: CaseIterable, Sendable { case all, none, mixed }

  /// Coordinates, then weight and bias of each layer.
  private func inputs(
    sets: Int, points: Int, coordinates: Int, widths: [Int], _ sharing: Sharing
  ) -> [Tensor] {
    var random = Xoshiro256(seed: 23)
    let draw = { (shape: [Int], bound: Float) in
      Tensor((0..<shape.reduce(1, *)).map { _ in random.uniform(in: -bound...bound) }, shape: shape)
    }
    var result = [draw([sets, points, coordinates], 1)]
    var before = coordinates
    for (index, width) in widths.enumerated() {
      let shared = sharing == .all || (sharing == .mixed && index % 2 == 0)
      let bound = 1.5 / Float(before).squareRoot()
      result.append(draw((shared ? [] : [sets]) + [width, before], bound))
      result.append(draw((sharing == .all ? [] : [sets]) + [width], 1))
      before = width
    }
    return result
  }

  private func layers(_ inputs: [Tensor], endsInSine: Bool) -> [SineNetworkLayer] {
    stride(from: 1, to: inputs.count, by: 2).map { position in
      SineNetworkLayer(
        weight: inputs[position], bias: inputs[position + 1],
        omega: position + 2 == inputs.count && !endsInSine ? nil : (position == 1 ? 3 : 1.5))
    }
  }

  @Test(arguments: Sharing.allCases, [false, true])
  func firstDerivativesAreThoseOfTheComposition(sharing: Sharing, endsInSine: Bool) {
    for (sets, points, widths) in [
      (3, 5, [7, 20, 4]), (1, 1_000, [33, 2]), (2, 130, [16, 16, 40]),
    ] {
      let variables = inputs(
        sets: sets, points: points, coordinates: 2, widths: widths, sharing
      ).map { $0.tracked() }
      let fused = Tensor.sineNetwork(at: variables[0], layers(variables, endsInSine: endsInSine))
      let plain = Tensor.sineNetworkComposition(
        at: variables[0], layers(variables, endsInSine: endsInSine))
      expectClose(
        actual: fused.values, expected: plain.values, absolute: 1e-5, actualShape: fused.shape,
        expectedShape: plain.shape)
      let seed = Tensor(
        (0..<plain.count).map { Float($0 % 7) - 3 }, shape: plain.shape)
      let found = gradients(of: fused, withRespectTo: variables, seed: seed)
      let expected = gradients(of: plain, withRespectTo: variables, seed: seed)
      for (position, (own, truth)) in pairs(found, expected).enumerated() {
        let scale = Double(truth.values.map(abs).max() ?? 0)
        expectClose(
          actual: own.values, expected: truth.values, absolute: 2e-5 * scale + 1e-6,
          actualShape: own.shape, expectedShape: truth.shape, "input \(position), \(widths)")
      }
    }
  }

  @Test func higherOrdersComposeThroughTheFallback() {
    let start = inputs(sets: 2, points: 3, coordinates: 2, widths: [5, 4, 2], .mixed)
    let check = checkGradients(at: start, order: 3) { variables in
      Tensor.sineNetwork(at: variables[0], layers(variables, endsInSine: false))
    }
    #expect(check.largestError < 5e-3, "order \(check.order)")
  }

  @Test func aGraphCanBeDifferentiatedTwice() {
    let variables = inputs(sets: 2, points: 9, coordinates: 2, widths: [8, 3], .none)
      .map { $0.tracked() }
    let output = Tensor.sineNetwork(at: variables[0], layers(variables, endsInSine: false))
    let once = gradients(of: output.sum(), withRespectTo: variables)
    let again = gradients(of: output.sum(), withRespectTo: variables)
    #expect(once.map(\.values) == again.map(\.values))
  }

  @Test func anUnsupportedShapeFallsBack() {
    let variables = inputs(sets: 2, points: 4, coordinates: 65, widths: [8, 3], .none)
    let output = Tensor.sineNetwork(at: variables[0], layers(variables, endsInSine: false))
    let plain = Tensor.sineNetworkComposition(
      at: variables[0], layers(variables, endsInSine: false))
    #expect(output.values == plain.values)
  }

  @Test func threadsDoNotChangeTheResult() {
    let variables = inputs(sets: 3, points: 2_000, coordinates: 2, widths: [16, 3], .mixed)
      .map { $0.tracked() }
    expectSameResult {
      let output = Tensor.sineNetwork(at: variables[0], layers(variables, endsInSine: false))
      return [output.values]
        + gradients(of: output.squared().sum(), withRespectTo: variables).map(\.values)
    }
  }
}
