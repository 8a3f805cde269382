import DifferentiableCore
import Fields
import Fitting
import Foundation
import Numerics
import Signals
import Testing

@Suite struct EquationTests {
  private func network(_ width: Int, _ omega: Double? = nil) -> EquationNetwork {
    var network = EquationNetwork()
    network.width = width
    network.omega = omega
    return network
  }

  @Test(
    "Poisson's equation is solved to a ten-thousandth by a few units",
    arguments: DoubleNetwork.Activation.allCases)
  func poisson(activation: DoubleNetwork.Activation) throws {
    var network = network(24)
    network.activation = activation
    let problem = PoissonEquation.manufactured(network, points: 14)
    let fit = try problem.solve(seed: 1, EquationLimits(seconds: 60, steps: 60, goal: 1e-5))
    // Sixty steps of a narrow network of hyperbolic tangents are a beginning.
    #expect(problem.errors(of: fit.network).relative <= (activation == .sine ? 1e-4 : 3e-2))
    #expect(
      fit.history.count <= 61 && fit.history.first?.step == 0 && fit.history.last?.step == fit.step)
  }

  @Test("The last layer alone solves linear equations, and the work ends by itself")
  func lastLayer() throws {
    let heat = HeatEquation.decay(network(160), points: 20)
    let hot = try heat.solve(seed: 1, EquationLimits(seconds: 60))
    #expect(heat.errors(of: hot.network).relative < 1e-7)
    #expect(hot.step < 200)
    let wave = WaveEquation.membrane(deviation: 0.25, duration: 0.6)
    let ring = try wave.solve(seed: 1, EquationLimits(seconds: 60, steps: 1))
    #expect(wave.errors(of: ring.network).relative < 1e-2)
    let helmholtz = HelmholtzEquation(waveNumber: 6).homogeneous()
    let field = try helmholtz.solve(seed: 1, EquationLimits(seconds: 60, steps: 1))
    #expect(helmholtz.errors(of: field.network).relative < 1e-2)
    #expect(field.history.map(\.step) == [0, 1])
  }

  @Test("Plane waves have two phases a quarter turn apart and lengths up to the radius")
  func planeWaves() throws {
    let problem = HelmholtzEquation(waveNumber: 6).homogeneous(network(120))
    let start = try #require(problem.start)
    let network = start(3)
    let omega = network.shape.omegaFirst
    var longest = 0.0
    for unit in stride(from: 0, to: 120, by: 2) {
      let vector = network.parameters[2 * unit..<2 * unit + 4].map { omega * $0 }
      #expect(vector[0] == vector[2] && vector[1] == vector[3])
      longest = max(longest, hypot(vector[0], vector[1]))
      let turn = omega * (network.parameters[240 + unit + 1] - network.parameters[240 + unit])
      #expect(abs(turn - Double.pi / 2) < 1e-12)
    }
    #expect(longest <= omega && longest > 0.98 * omega)
  }

  @Test("Steps do not depend on the number of threads")
  func threads() throws {
    func parameters(_ threads: Int) throws -> [Double] {
      try Parallel.withThreadCount(threads) {
        try PoissonEquation.manufactured(dimensions: 3, network(9), points: 120)
          .solve(seed: 2, EquationLimits(seconds: 60, steps: 4)).method.parameters
      }
    }
    let (one, many) = (try parameters(1), try parameters(3))
    #expect(one == many && one.count == 9 * 5 + 1)
  }

  @Test("The heat equation is solved to two thousandths in eighty steps")
  func heat() throws {
    let problem = HeatEquation.decay(network(20), points: 14)
    let fit = try problem.solve(seed: 1, EquationLimits(seconds: 60, steps: 80, goal: 1e-5))
    #expect(problem.errors(of: fit.network).relative <= 2e-3)
  }

  @Test("The membrane starts as a bell at rest, and its border is held")
  func membrane() {
    let problem = WaveEquation.membrane(network(8), deviation: 0.2)
    let points: [Double] = [-1, 0.1, -0.2, -1, 0, 0, 0.3, 1, 0.5, -0.999, 0.1, -0.2]
    let values = problem.solution(points)
    #expect(abs(values[0] - exp(-0.05 / 0.08)) < 1e-5)
    #expect(abs(values[1] - 1) < 1e-5)
    #expect(abs(values[2]) < 1e-12)
    #expect(abs(values[3] - values[0]) < 1e-3)
  }

  @Test("Finite differences agree with a manufactured solution of Poisson's equation")
  func squarePoisson() {
    let found = SquarePoisson.solve(cells: 64) { y, x in
      5 * Double.pi * Double.pi * sin(Double.pi * y) * sin(2 * Double.pi * x)
    }
    for (y, x) in [(0.31, 0.2), (0.5, 0.75), (0.9, 0.11)] {
      let truth = sin(Double.pi * y) * sin(2 * Double.pi * x)
      #expect(abs(found.value(row: y, column: x) - truth) < 2e-3)
    }
  }

  @Test("Finite differences agree with the Hankel function, so the layer absorbs")
  func helmholtzDifferences() throws {
    var equation = HelmholtzEquation(waveNumber: 10)
    equation.source = (0.1, -0.05)
    let solution = try HelmholtzDifferences(equation, cells: equation.cells) { _, _ in 1 }
    let set = PointSet.cells([-1.0...1, -1.0...1], [30, 30])
    let known = equation.hankel(set.points)
    var (difference, length, count) = (0.0, 0.0, 0)
    for index in 0..<set.count where known[2 * index].isFinite {
      let found = solution.values(row: set[index][0], column: set[index][1])
      for part in 0..<2 {
        difference += pow(found[part] - known[2 * index + part], 2)
        length += pow(known[2 * index + part], 2)
      }
      count += 1
    }
    #expect(count > 100)
    #expect((difference / length).squareRoot() < 0.01)
  }

  @Test("The network finds the velocities of two lenses")
  func inversion() throws {
    let inversion = try HelmholtzInversion.twoVelocities(waveNumber: 6)
    let fit = try inversion.problem.solve(seed: 1, EquationLimits(seconds: 60, steps: 12))
    let found = inversion.velocities(fit.medium)
    // Such long waves see the lenses to about a hundredth; with the usual wave number of 12 it is a third of that.
    #expect(abs(found[0] / 0.85 - 1) < 0.02 && abs(found[1] / 1.2 - 1) < 0.02, "\(found)")
  }

  @Test("Distances to outlines are exact")
  func outlines() {
    let circle = Outline(.circle)
    #expect(abs(circle.distance(row: 0, column: 0) + 0.6) < 1e-4)
    #expect(abs(circle.distance(row: 0.6, column: 0.8) - 0.4) < 1e-4)
    let square = Outline(.square)
    #expect(abs(square.distance(row: 0.2, column: -0.4) + 0.1) < 1e-12)
    #expect(abs(square.distance(row: 0.8, column: 0.9) - 0.5) < 1e-12)
    #expect(abs(square.length - 4) < 1e-12)
    let points = square.points(400)
    #expect(points.count == 800)
    #expect(
      stride(from: 0, to: 800, by: 2).allSatisfy {
        abs(square.distance(row: points[$0], column: points[$0 + 1])) < 1e-12
      })
  }

  @Test("A drawn ring has two outlines, and its inside is between them")
  func drawnOutline() throws {
    var ring = Image(width: 100, height: 100, channels: 1)
    for row in 0..<100 {
      for column in 0..<100 {
        let r = hypot(Double(row) - 49.5, Double(column) - 49.5)
        ring.values[row * 100 + column] = (20...40).contains(r) ? 0 : 1
      }
    }
    let outline = try #require(Outline(of: ring))
    #expect(outline.polygons.count == 2)
    // 100 pixels and a border of white span -0.8...0.8.
    let unit = 1.6 / 102
    #expect(abs(outline.distance(row: 0, column: 30 * unit) + 10 * unit) < unit)
    #expect(abs(outline.distance(row: 0, column: 0) - 20 * unit) < unit)
    #expect(abs(outline.distance(row: 0.9, column: 0) - (0.9 - 40 * unit)) < unit)
    let white = Image(width: 20, height: 20, channels: 1, values: [Float](repeating: 1, count: 400))
    #expect(Outline(of: white) == nil)
  }

  @Test("The distance to a circle is solved")
  func eikonal() throws {
    let problem = EikonalEquation.distance(to: Outline(.circle), network(200), points: 24)
    let fit = try problem.solve(seed: 1, EquationLimits(seconds: 60, steps: 80))
    #expect(problem.errors(of: fit.network).relative < 0.06)
  }

  @Test("A picture of one brightness is no source")
  func source() {
    let flat = Image(width: 9, height: 9, channels: 3, values: [Float](repeating: 0.3, count: 243))
    #expect(PoissonEquation.source(flat) == nil)
  }
}
