import DifferentiableCore
import Fields
import Foundation
import Numerics
import Testing

@Suite struct ConditionSystemTests {
  private static let box = [-1.0...1, -1.0...1]

  /// A nonlinear equation with two outputs, a medium, and a condition on the second output alone.
  private func system(_ activation: DoubleNetwork.Activation, layers: Int) -> ConditionSystem {
    let shape = DoubleNetwork.Shape(
      coordinates: 2, width: 6, layers: layers, outputs: 2, activation: activation, omegaFirst: 2)
    var equation = Condition(
      "equation", at: .legendre(Self.box, [7, 6]), .seconds(2), outputs: 0..<2, weight: 0.5,
      residualCount: 2
    ) { x, u in
      [
        u.second(0, 0) * x[0] + u.second(1, 1) * u.value(0) + u.medium * u.value(1) - 1,
        (u.first(0, 0).squared() + u.first(1, 1).squared() + 1).squareRoot()
          / (2 + u.value(1).squared()),
      ]
    }
    equation.medium = { [1, $0[0] * $0[1], $0[1]] }
    return ConditionSystem(
      shape, mediumCount: 3,
      [
        equation,
        Condition("second output", at: .faces(Self.box, [5, 5]), .gradient(2), outputs: 1..<2) {
          x, u in [u.value() - x[1] + 2 * u.first(1)]
        },
      ])
  }

  @Test(arguments: DoubleNetwork.Activation.allCases, [1, 2, 3])
  func jacobianAgreesWithCentralDifferences(activation: DoubleNetwork.Activation, layers: Int) {
    let system = system(activation, layers: layers)
    var random = Xoshiro256(seed: 8)
    let parameters =
      DoubleNetwork(system.shape, random: &random).parameters + [0.3, -0.2, 0.9]
    let matrix = system.linearization(at: parameters, step: 0)
    let residuals = system.residuals(at: parameters, step: 0)
    #expect(matrix.rows == 7 * 6 * 2 + 20 && matrix.columns == system.parameterCount + 1)
    #expect(matrix.rows == residuals.count)
    for row in 0..<matrix.rows { #expect(matrix[row, system.parameterCount] == residuals[row]) }
    let h = 1e-4
    for column in 0..<system.parameterCount {
      func moved(_ step: Double) -> [Double] {
        var values = parameters
        values[column] += step
        return system.residuals(at: values, step: 0)
      }
      let (a, b, c, d) = (moved(-2 * h), moved(-h), moved(h), moved(2 * h))
      for row in 0..<matrix.rows {
        let slope = (8 * (c[row] - b[row]) - d[row] + a[row]) / (12 * h)
        #expect(
          abs(matrix[row, column] - slope) < 1e-8 * max(1, abs(slope)),
          "row \(row), column \(column)")
      }
    }
  }

  @Test("The derivatives for the last layer are the last columns", arguments: [1, 2])
  func lastLayer(layers: Int) {
    let system = system(.sine, layers: layers)
    var random = Xoshiro256(seed: 11)
    let parameters =
      DoubleNetwork(system.shape, random: &random).parameters + [0.3, -0.2, 0.9]
    let all = system.linearization(at: parameters, step: 0)
    let last = system.linearization(at: parameters, step: 0, of: .lastLayer)
    let count = system.count(of: .lastLayer)
    #expect(count == 7 * 2 + 3 && last.columns == count + 1)
    #expect(last.rows == system.residualCount && all.rows == last.rows)
    for row in 0..<last.rows {
      for column in 0...count {
        #expect(last[row, column] == all[row, system.parameterCount - count + column])
      }
    }
  }

  @Test("Residuals and their derivatives do not depend on the number of threads")
  func threads() {
    let system = system(.sine, layers: 2)
    var random = Xoshiro256(seed: 9)
    let parameters = DoubleNetwork(system.shape, random: &random).parameters + [1, 0, 0]
    let one = Parallel.withThreadCount(1) { system.linearization(at: parameters, step: 0) }
    let many = Parallel.withThreadCount(4) { system.linearization(at: parameters, step: 0) }
    #expect(one == many)
  }

  @Test("Legendre points integrate polynomials exactly")
  func quadrature() {
    let set = PointSet.legendre([0...2, -1...1], [4, 3])
    let mean = (0..<set.count).reduce(0.0) { sum, index in
      sum + set.weights[index] * pow(set[index][0], 7) * pow(set[index][1], 4)
    }
    // The means of x^7 over 0...2 and of y^4 over -1...1.
    #expect(abs(mean - (256.0 / 8 / 2) * 0.2) < 1e-12)
    #expect(set.count == 12 && abs(set.weights.reduce(0, +) - 1) < 1e-14)
  }

  @Test("Points on faces have one coordinate at an end")
  func faces() {
    let all = PointSet.faces([0...1, 2...5, -1...1], [2, 3, 4])
    #expect(all.count == 2 * (3 * 4 + 2 * 4 + 2 * 3))
    #expect(
      (0..<all.count).allSatisfy { index in
        let p = all[index]
        return [0, 1].contains(p[0]) || [2, 5].contains(p[1]) || [-1, 1].contains(p[2])
      })
    let time = PointSet.faces([0...1, 2...5], [2, 3], axes: [0])
    #expect(time.count == 6)
  }

  @Test("A rounded sine network has the same values")
  func rounding() throws {
    let shape = DoubleNetwork.Shape(
      coordinates: 2, width: 8, layers: 2, outputs: 2, omegaFirst: 4, omegaHidden: 2)
    var random = Xoshiro256(seed: 10)
    let network = DoubleNetwork(shape, random: &random)
    let siren = try #require(Siren(rounding: network))
    let points: [Double] = [0.25, -0.5, 0.75, 1]
    let (exact, rounded) = (
      network.values(at: points), siren.evaluate(at: points, derivatives: .none).value
    )
    for (a, b) in zip(exact, rounded) { #expect(abs(a - Double(b)) < 1e-5) }
    var bent = shape
    bent.activation = .tanh
    #expect(Siren(rounding: DoubleNetwork(bent, random: &random)) == nil)
  }
}
