import Foundation

/// How far a scene reaches in one direction.
///
/// It shows which points lie in shadow.
struct DepthMap {
  private static let side = 72
  /// Half the width of the square that the map covers, in decimetres.
  private static let reach: Float = 2.4
  private static let centre = Vector3(0, -0.2, 0)

  private var heights: [Float]
  private let forward: Vector3
  private let right: Vector3
  private let up: Vector3

  /// An empty map for light from `direction`, a unit vector.
  init(towards direction: Vector3) {
    forward = direction
    let helper = abs(direction.y) > 0.9 ? Vector3(1, 0, 0) : Vector3(0, 1, 0)
    right = normalized(cross(helper, direction), fallback: Vector3(1, 0, 0))
    up = cross(direction, right)
    heights = [Float](repeating: -.infinity, count: Self.side * Self.side)
  }

  /// Adds the sides of a surface that face the direction.
  ///
  /// - Parameter isSolid: whether a point of the surface stops light.
  mutating func add(_ mesh: SurfaceMesh, isSolid: (Int) -> Bool) {
    let projected = mesh.positions.map { project($0) }
    let solid = projected.indices.map(isSolid)
    forEachTriangle(rows: mesh.rows, columns: mesh.columns) { a, b, c in
      guard solid[a] && solid[b] && solid[c] else { return }
      let (p, q, r) = (projected[a], projected[b], projected[c])
      scan(p, q, r, sign: 0, width: Self.side, height: Self.side) { index, weights in
        let z = p.z * weights.x + q.z * weights.y + r.z * weights.z
        if z > heights[index] { heights[index] = z }
      }
    }
  }

  /// The fraction of the light from the direction that reaches a point, 0...1.
  ///
  /// - Parameter softness: radius over which shadows blur, in decimetres.
  func visibility(at point: Vector3, normal: Vector3, softness: Float) -> Float {
    let texels = Float(Self.side) / (2 * Self.reach)
    let place = project(point + normal * 0.05)
    let step = max(softness * texels * 0.6, 0.55)
    let bias = place.z + 0.03 + 0.05 * step
    var hidden: Float = 0
    for offset in Self.taps {
      let x = Int(wholePart(place.x + offset.x * step))
      let y = Int(wholePart(place.y + offset.y * step))
      guard x >= 0, y >= 0, x < Self.side, y < Self.side else { continue }
      hidden += saturate((heights[y &* Self.side &+ x] - bias) * 14)
    }
    return 1 - hidden / Float(Self.taps.count)
  }

  /// Positions in a disc of radius 2, spread as the seeds of a sunflower are.
  private static let taps: [SIMD2<Float>] = (0..<10).map { index in
    let radius = 2 * ((Float(index) + 0.5) / 10).squareRoot()
    return SIMD2(cosf(2.39996 * Float(index)), sinf(2.39996 * Float(index))) * radius
  }

  @inline(__always)
  private func project(_ point: Vector3) -> Vector3 {
    let relative = point - Self.centre
    let scale = Float(Self.side) / (2 * Self.reach)
    let middle = Float(Self.side) / 2
    return Vector3(
      middle + dot(relative, right) * scale, middle - dot(relative, up) * scale,
      dot(relative, forward))
  }
}
