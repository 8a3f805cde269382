import DifferentiableCore
import Foundation
import Numerics
import Testing

@Suite struct DoubleNetworkTests {
  static let shapes: [DoubleNetwork.Shape] = [
    .init(coordinates: 2, width: 7, layers: 1, outputs: 2),
    .init(coordinates: 3, width: 16, layers: 3, outputs: 1, omegaFirst: 5, omegaHidden: 1.5),
    .init(coordinates: 2, width: 9, layers: 2, outputs: 2, activation: .tanh, omegaFirst: 2),
    .init(coordinates: 1, width: 5, layers: 2, activation: .tanh, omegaFirst: 1),
  ]

  /// The gradient, the Laplacian and a mixed second derivative.
  private func space(_ d: Int) -> JetSpace {
    var mixed = [Double](repeating: 0, count: d * d)
    mixed[d - 1] = 1
    return JetSpace(
      dimensions: d, operators: [JetSpace.diagonal([Double](repeating: 1, count: d)), mixed])
  }

  /// The network's value computed with Foundation's functions.
  private func value(_ network: DoubleNetwork, _ point: [Double]) -> [Double] {
    let shape = network.shape
    var (x, start) = (point, 0)
    for layer in 0...shape.layers {
      let outputs = layer == shape.layers ? shape.outputs : shape.width
      let omega =
        layer == shape.layers ? 1 : layer == 0 ? shape.omegaFirst : shape.omegaHidden
      let inputs = x.count
      x = (0..<outputs).map { unit in
        let sum = (0..<inputs).reduce(network.parameters[start + inputs * outputs + unit]) {
          $0 + network.parameters[start + unit * inputs + $1] * x[$1]
        }
        if layer == shape.layers { return sum }
        return shape.activation == .sine ? sin(omega * sum) : tanh(omega * sum)
      }
      start += (inputs + 1) * outputs
    }
    return x
  }

  @Test(arguments: shapes)
  func valuesAgreeWithTheFormula(shape: DoubleNetwork.Shape) {
    var random = Xoshiro256(seed: 3)
    let network = DoubleNetwork(shape, random: &random)
    let points = (0..<70 * shape.coordinates).map { _ in 3 * (2 * random.uniform() - 1) }
    let found = network.values(at: points)
    for index in 0..<70 {
      let truth = value(
        network, Array(points[index * shape.coordinates..<(index + 1) * shape.coordinates]))
      for output in 0..<shape.outputs {
        #expect(abs(found[index * shape.outputs + output] - truth[output]) < 1e-14)
      }
    }
  }

  @Test(arguments: shapes)
  func derivativesAgreeWithCentralDifferences(shape: DoubleNetwork.Shape) {
    var random = Xoshiro256(seed: 4)
    let network = DoubleNetwork(shape, random: &random)
    let d = shape.coordinates
    let space = space(d)
    let points = (0..<40 * d).map { _ in 2 * random.uniform() - 1 }
    let jets = network.jets(at: points, space)
    let h = 1e-3
    for index in [0, 33, 39] {
      let point = Array(points[index * d..<(index + 1) * d])
      func at(_ moves: [(Int, Double)], _ output: Int) -> Double {
        var moved = point
        for (axis, step) in moves { moved[axis] += step }
        return value(network, moved)[output]
      }
      for output in 0..<shape.outputs {
        func jet(_ plane: Int) -> Double { jets[(plane * 40 + index) * shape.outputs + output] }
        var laplacian = 0.0
        for axis in 0..<d {
          // Differences of fourth order.
          let slope =
            (8 * (at([(axis, h)], output) - at([(axis, -h)], output))
              - at([(axis, 2 * h)], output) + at([(axis, -2 * h)], output)) / (12 * h)
          #expect(abs(jet(1 + axis) - slope) < 1e-8)
          laplacian +=
            (16 * (at([(axis, h)], output) + at([(axis, -h)], output))
              - at([(axis, 2 * h)], output) - at([(axis, -2 * h)], output)
              - 30 * at([], output)) / (12 * h * h)
        }
        #expect(abs(jet(1 + d) - laplacian) < 1e-6 * max(1, abs(laplacian)))
        guard d > 1 else { continue }
        let mixed =
          (at([(0, h), (d - 1, h)], output) - at([(0, h), (d - 1, -h)], output)
            - at([(0, -h), (d - 1, h)], output) + at([(0, -h), (d - 1, -h)], output))
          / (4 * h * h)
        #expect(abs(jet(2 + d) - mixed) < 1e-3 * max(1, abs(mixed)))
      }
    }
  }

  @Test("Sine, hyperbolic tangent and their derivatives are correct to 7e-16")
  func functions() {
    for activation in DoubleNetwork.Activation.allCases {
      let shape = DoubleNetwork.Shape(
        coordinates: 1, width: 1, activation: activation, omegaFirst: 1)
      let network = DoubleNetwork(shape, parameters: [1, 0, 1, 0])
      var random = Xoshiro256(seed: 5)
      for bound in [1e-3, 1, 20, 1_000] {
        let points = (0..<20_000).map { _ in bound * (2 * random.uniform() - 1) }
        let space = JetSpace.gradient(1)
        let jets = network.jets(at: points, space)
        var worst = 0.0
        for (index, x) in points.enumerated() {
          let truth = activation == .sine ? (sin(x), cos(x)) : (tanh(x), 1 / (cosh(x) * cosh(x)))
          worst = max(
            worst, abs(jets[index] - truth.0), abs(jets[points.count + index] - truth.1))
        }
        #expect(worst <= 7e-16, "\(activation) up to \(bound)")
      }
    }
  }

  @Test("Jets do not depend on the number of threads")
  func threads() {
    var random = Xoshiro256(seed: 6)
    let network = DoubleNetwork(Self.shapes[1], random: &random)
    let points = (0..<300).map { _ in random.uniform() }
    let one = Parallel.withThreadCount(1) { network.jets(at: points, .laplacian(3)) }
    let many = Parallel.withThreadCount(4) { network.jets(at: points, .laplacian(3)) }
    #expect(one == many)
  }
}
