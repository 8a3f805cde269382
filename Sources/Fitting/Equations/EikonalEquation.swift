import DifferentiableCore
import Fields
import Foundation
import Numerics

/// The eikonal equation `|gradient u| = 1` of the signed distance to an outline, on which u is 0.
///
/// Kinks make the solution ambiguous, so it is approached as the limit of viscous ones: `|gradient u|^2 - 1 = s e laplacian u`
/// with s = 1 outside and -1 inside, and e falling (vanishing viscosity; Crandall and Lions 1983).
public enum EikonalEquation {
  /// The equation, and systems with more viscosity to be solved before.
  ///
  /// - Parameter points: points along each axis.
  public static func distance(
    to outline: Outline, _ network: EquationNetwork = EquationNetwork(), points: Int = 48
  ) -> EquationCase {
    let box = [-1.0...1, -1.0...1]
    let width = network.width ?? 700
    let shape = network.shape(
      coordinates: 2, width: network.isWaves ? width : 36,
      omega: network.isWaves ? PlaneWaves.radius(32, width: width, perWave: 0.6) : 3,
      omegaHidden: 1.5)
    let inside = PointSet.legendre(box, [points, points])
    let signs = Dictionary(
      (0..<inside.count).map { index in
        let point = inside[index]
        return (point, outline.distance(row: point[0], column: point[1]) < 0 ? -1.0 : 1)
      }, uniquingKeysWith: { first, _ in first })
    let border = PointSet(outline.points(600), coordinates: 2)
    // The outline lies within the box, so distances do not fall towards its edges; without this condition some
    // solutions do, as if the edges were outlines too.
    let fallingEdges = Condition(
      "edges", at: .faces(box, [points, points]), .gradient(2), weight: 10
    ) { x, u in
      let axis = abs(x[0]) > abs(x[1]) ? 0 : 1
      let outward = (x[axis] < 0 ? -1.0 : 1) * u.first(axis)
      return [outward.value < 0 ? outward : JetNumber(0)]
    }
    func system(_ viscosity: Double) -> ConditionSystem {
      ConditionSystem(
        shape,
        [
          Condition("equation", at: inside, .laplacian(2)) { x, u in
            let sign = signs[x] ?? 1
            return [
              u.first(0).squared() + u.first(1).squared() - 1 - (viscosity * sign) * u.second()
            ]
          },
          .value("outline", at: border, weight: 1e3) { _ in 0 }, fallingEdges,
        ])
    }
    var problem = EquationCase(
      "The eikonal equation", system(0.0025), tests: .cells(box, [120, 120]),
      truthName: "exact distance",
      slices: [.init("signed distance", axes: (0, 1), point: [0, 0])]
    ) { points in
      stride(from: 0, to: points.count, by: 2).map {
        outline.distance(row: points[$0], column: points[$0 + 1])
      }
    }
    // Without it the equation is solved as well by a field of the other sign on either side. Its solution is about
    // s (1 - exp(-d / 0.3)), which has the right sign and nearly the right slope at the outline.
    let screened = ConditionSystem(
      shape,
      [
        Condition("sign", at: inside, .laplacian(2)) { x, u in
          [u.value() - 0.09 * u.second() - (signs[x] ?? 1)]
        },
        .value("outline", at: border, weight: 1e3) { _ in 0 },
        // Nothing else holds the field at the edges.
        Condition("edges", at: .faces(box, [points, points]), .gradient(2), weight: 10) { x, u in
          [u.first(abs(x[0]) > abs(x[1]) ? 0 : 1)]
        },
      ])
    problem.preparations = [screened] + [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005].map { system($0) }
    problem.isLinear = false
    // Kinks need short waves, and the slow rise of a distance needs long ones.
    problem.start(as: PlaneWaves(radius: shape.omegaFirst, exponent: 0.7))
    return problem
  }
}
