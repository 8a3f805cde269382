import Foundation
import Signals

/// The default shape to fit: a tube along a trefoil, the simplest knot, whose thickness swells three times.
public enum TestShape {
  /// The closed mesh, oriented outwards; its largest side is about 6.
  ///
  /// - Parameters:
  ///   - along: quadrilaterals along the knot, at least 3.
  ///   - around: quadrilaterals around the tube, at least 3.
  public static func mesh(along: Int = 240, around: Int = 32) -> TriangleMesh {
    var mesh = TriangleMesh(vertices: [], triangles: [])
    for ring in 0..<along {
      let t = 2 * Double.pi * Double(ring) / Double(along)
      let forward = normalized(centre(t + 1e-4) - centre(t - 1e-4))
      // A frame that needs no transport: the knot never runs along the direction to its axis.
      let inwards = normalized(SIMD3(centre(t).x, centre(t).y, 0))
      let side = normalized(cross(forward, inwards))
      let up = cross(side, forward)
      let radius = 0.52 + 0.1 * cos(3 * t)
      for step in 0..<around {
        let angle = 2 * Double.pi * Double(step) / Double(around)
        mesh.vertices.append(centre(t) + (side * cos(angle) + up * sin(angle)) * radius)
      }
    }
    for ring in 0..<along {
      for step in 0..<around {
        let (nextRing, nextStep) = ((ring + 1) % along, (step + 1) % around)
        let corner = { (ring: Int, step: Int) in Int32(ring * around + step) }
        let (a, b) = (corner(ring, step), corner(nextRing, step))
        let (c, d) = (corner(nextRing, nextStep), corner(ring, nextStep))
        mesh.triangles.append(SIMD3(a, b, c))
        mesh.triangles.append(SIMD3(a, c, d))
      }
    }
    if mesh.signedVolume < 0 {
      mesh.triangles = mesh.triangles.map { SIMD3($0.x, $0.z, $0.y) }
    }
    return mesh
  }

  /// The middle of the tube.
  private static func centre(_ t: Double) -> SIMD3<Double> {
    SIMD3(sin(t) + 2 * sin(2 * t), cos(t) - 2 * cos(2 * t), -1.4 * sin(3 * t))
  }
}
