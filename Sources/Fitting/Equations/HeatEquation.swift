import DifferentiableCore
import Fields
import Foundation

/// The heat equation `u_t = u_xx / 4` for x and t of 0...1, from u(0, x) = sin(pi x) and with 0 at both ends.
///
/// The solution is exp(-pi^2 t / 4) sin(pi x) (the example of Müller and Zeinhofer 2023, arXiv 2302.13163).
public enum HeatEquation {
  /// The equation; coordinate 0 is time, coordinate 1 is space.
  ///
  /// - Parameter points: points along each axis.
  public static func decay(
    _ network: EquationNetwork = EquationNetwork(), points: Int = 30
  ) -> EquationCase {
    let solution = { @Sendable (time: Double, place: Double) -> Double in
      exp(-Double.pi * Double.pi * (time + 1) / 8) * sin(Double.pi * (place + 1) / 2)
    }
    let box = [-1.0...1, -1.0...1]
    let width = network.width ?? (network.isWaves ? 300 : 64)
    let shape = network.shape(
      coordinates: 2, width: width,
      omega: network.isWaves ? PlaneWaves.radius(9, width: width, perWave: 3) : 2)
    let space = JetSpace(dimensions: 2, operators: [JetSpace.diagonal([0, 1])])
    let start = PointSet.legendre([-1.0...(-1), -1.0...1], [1, points])
    var problem = EquationCase(
      "The heat equation",
      ConditionSystem(
        shape,
        [
          // One unit of the network is half of each range.
          Condition("equation", at: .legendre(box, [points, points]), space) { _, u in
            [2 * u.first(0) - u.second()]
          },
          .value("start", at: start, weight: 100) { solution($0[0], $0[1]) },
          .value("ends", at: .faces(box, [points, points], axes: [1]), weight: 100) { _ in 0 },
        ]),
      tests: .cells(box, [101, 101]), truthName: "analytic solution",
      slices: [.init("u: time downwards, place to the right", axes: (0, 1), point: [0, 0])]
    ) { points in
      stride(from: 0, to: points.count, by: 2).map { solution(points[$0], points[$0 + 1]) }
    }
    problem.start(as: PlaneWaves(radius: shape.omegaFirst))
    return problem
  }
}
