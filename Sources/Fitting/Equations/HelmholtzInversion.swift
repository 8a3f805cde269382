import DifferentiableCore
import Fields
import Foundation
import Numerics

/// The velocity of a medium from the fields of sources that receivers measure.
///
/// The squared slowness is 1 plus a sum of known functions with unknown factors. Field and factors are found together: the
/// equation holds everywhere, and the field has the measured values at the receivers. The measurements come from
/// finite differences, and so from another discretization than the network's.
public struct HelmholtzInversion: Sendable {
  /// The equation with the unknown medium and the measurements.
  public let problem: EquationCase
  /// The sources, (row, column).
  public let sources: [(row: Double, column: Double)]
  /// The receivers, (row, column).
  public let receivers: [(row: Double, column: Double)]
  /// The known functions.
  private let functions: @Sendable (_ point: [Double]) -> [Double]
  private let truth: HelmholtzEquation.Medium
  /// Half the side of the square in which the medium is unknown.
  private static let reach = 0.5

  /// A bell around a point.
  private static func bell(
    _ point: [Double], at center: (Double, Double), deviation: Double
  ) -> Double {
    let (y, x) = (point[0] - center.0, point[1] - center.1)
    return exp(-(x * x + y * y) / (2 * deviation * deviation))
  }

  /// Two lenses at known places, whose velocities are unknown.
  ///
  /// - Parameter velocities: the true velocities at the centres, relative to the surroundings.
  public static func twoVelocities(
    _ velocities: (Double, Double) = (0.85, 1.2), waveNumber: Double = 12,
    _ network: EquationNetwork = EquationNetwork(), noise: Double = 0, seed: UInt64 = 1
  ) throws -> HelmholtzInversion {
    let functions = { @Sendable (point: [Double]) -> [Double] in
      [
        bell(point, at: (-0.22, -0.18), deviation: 0.14),
        bell(point, at: (0.2, 0.22), deviation: 0.14),
      ]
    }
    let factors = [velocities.0, velocities.1].map { 1 / ($0 * $0) - 1 }
    let medium: HelmholtzEquation.Medium = { row, column in
      1 + zip(functions([row, column]), factors).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return try HelmholtzInversion(
      "Two velocities from receivers", waveNumber: waveNumber, sources: [(0.45, -0.45)],
      functions: functions, count: 2, prior: nil, truth: medium, network, noise: noise,
      seed: seed)
  }

  /// A smooth velocity, a sum of 49 bells with unknown factors.
  public static func smoothVelocity(
    waveNumber: Double = 9, sources: Int = 4,
    _ network: EquationNetwork = EquationNetwork(),
    noise: Double = 0, seed: UInt64 = 1
  ) throws -> HelmholtzInversion {
    let centers = (0..<49).map { index -> (Double, Double) in
      (0.15 * Double(index / 7) - 0.45, 0.15 * Double(index % 7) - 0.45)
    }
    let functions = { @Sendable (point: [Double]) -> [Double] in
      centers.map { bell(point, at: $0, deviation: 0.12) }
    }
    // Not in the span of the 49 bells: other places and other widths.
    let medium: HelmholtzEquation.Medium = { row, column in
      let point = [row, column]
      let slow: Double = 0.30 * bell(point, at: (-0.17, -0.2), deviation: 0.15)
      let fast: Double = -0.26 * bell(point, at: (0.2, 0.16), deviation: 0.17)
      let third: Double = 0.16 * bell(point, at: (0.22, -0.26), deviation: 0.13)
      return 1 + slow + fast + third
    }
    let places = (0..<sources).map { index -> (row: Double, column: Double) in
      let angle = 2 * Double.pi * (Double(index) + 0.5) / Double(sources)
      return (0.62 * sin(angle), 0.62 * cos(angle))
    }
    return try HelmholtzInversion(
      "A smooth velocity from receivers", waveNumber: waveNumber, sources: places,
      functions: functions, count: centers.count, prior: 1e-7, truth: medium, network,
      noise: noise, seed: seed)
  }

  private init(
    _ name: String, waveNumber: Double, sources: [(row: Double, column: Double)],
    functions: @escaping @Sendable ([Double]) -> [Double], count: Int, prior: Double?,
    truth: @escaping HelmholtzEquation.Medium, _ network: EquationNetwork, noise: Double,
    seed: UInt64
  ) throws {
    let box = [-1.0...1, -1.0...1]
    let receivers = (0..<48).map { index -> (row: Double, column: Double) in
      let angle = 2 * Double.pi * Double(index) / 48
      return (0.66 * sin(angle), 0.66 * cos(angle))
    }
    let points = Int((2.6 * waveNumber).rounded(.up)) + 8
    let set = PointSet(receivers.flatMap { [$0.row, $0.column] }, coordinates: 2)
    var random = Xoshiro256(seed: seed)
    var conditions: [Condition] = []
    var references: [HelmholtzDifferences] = []
    for (index, source) in sources.enumerated() {
      var equation = HelmholtzEquation(waveNumber: waveNumber)
      equation.source = source
      let reference = try HelmholtzDifferences(equation, cells: equation.cells, truth)
      references.append(reference)
      let outputs = 2 * index..<2 * index + 2
      let measured = receivers.map { reference.values(row: $0.row, column: $0.column) }
      let size =
        (measured.joined().reduce(0) { $0 + $1 * $1 } / Double(2 * measured.count)).squareRoot()
      let data = measured.map { $0.map { $0 + noise * size * random.normal() } }
      let table = Dictionary(
        zip((0..<set.count).map { set[$0] }, data), uniquingKeysWith: { first, _ in first })
      conditions.append(
        equation.condition(
          at: .legendre(box, [points, points]), outputs: outputs, medium: { _, _ in 1 },
          unknown: functions))
      conditions.append(equation.border(points, outputs: outputs))
      conditions.append(
        Condition(
          "receivers", at: set, .value, outputs: outputs, weight: 10, residualCount: 2
        ) { x, u in
          let known = table[x] ?? [0, 0]
          return [u.value(0) - known[0], u.value(1) - known[1]]
        })
    }
    if let prior {
      var small = Condition(
        "small medium", at: .cells([-0.6...0.6, -0.6...0.6], [12, 12]), .value, weight: prior
      ) { _, u in [u.medium] }
      small.medium = functions
      conditions.append(small)
    }
    let base = HelmholtzEquation(waveNumber: waveNumber)
    let first = references
    let shape = base.shape(network, fields: sources.count, leastWidth: 450)
    var problem = EquationCase(
      name, ConditionSystem(shape, mediumCount: count, conditions),
      tests: .cells(box, [60, 60]), truthName: "finite differences of fourth order",
      slices: [.init("real part", axes: (0, 1), point: [0, 0])]
    ) { points in
      stride(from: 0, to: points.count, by: 2).flatMap { start -> [Double] in
        let (row, column) = (points[start], points[start + 1])
        guard base.isInside(row: row, column: column) else {
          return [Double](repeating: .nan, count: 2 * first.count)
        }
        return first.flatMap { $0.values(row: row, column: column) }
      }
    }
    problem.isLinear = false
    problem.medium = [Double](repeating: 0, count: count)
    problem.start(as: PlaneWaves(radius: shape.omegaFirst))
    self.problem = problem
    self.sources = sources
    self.receivers = receivers
    self.functions = functions
    self.truth = truth
  }

  /// The velocity at a point for factors of the medium.
  public func velocity(_ factors: [Double], row: Double, column: Double) -> Double {
    let square = 1 + zip(functions([row, column]), factors).reduce(0) { $0 + $1.0 * $1.1 }
    return 1 / max(square, 1e-3).squareRoot()
  }

  /// The true velocity at a point.
  public func trueVelocity(row: Double, column: Double) -> Double {
    1 / truth(row, column).squareRoot()
  }

  /// For each factor, the velocity that it stands for: of two lenses, at their centres alone.
  public func velocities(_ factors: [Double]) -> [Double] {
    factors.map { 1 / max(1 + $0, 1e-3).squareRoot() }
  }

  /// The error of the velocity where it is unknown: the largest, and the root mean square relative to that of the change
  /// from the surroundings.
  public func velocityErrors(_ factors: [Double]) -> EquationCase.Errors {
    var (difference, length, largest) = (0.0, 0.0, 0.0)
    let count = 40
    for i in 0..<count {
      for j in 0..<count {
        let row = Self.reach * (2 * (Double(i) + 0.5) / Double(count) - 1)
        let column = Self.reach * (2 * (Double(j) + 0.5) / Double(count) - 1)
        let known = trueVelocity(row: row, column: column)
        let error = abs(velocity(factors, row: row, column: column) - known)
        difference += error * error
        length += (known - 1) * (known - 1)
        largest = max(largest, error)
      }
    }
    return EquationCase.Errors(
      relative: (difference / max(length, 1e-300)).squareRoot(), largest: largest)
  }
}
