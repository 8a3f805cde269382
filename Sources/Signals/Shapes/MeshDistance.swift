import Foundation

/// Distances to a mesh, and the winding number that tells inside from outside.
///
/// The winding number of a point is the solid angle of the surface seen from it over 4 pi: 1 inside a closed mesh, 0
/// outside. It is defined for meshes with holes, overlaps and non-manifold edges, too (Jacobson et al. 2013). Distant
/// parts of the surface are summed as dipoles (Barill et al. 2018, "Fast winding numbers for soups and clouds").
public struct MeshDistance: Sendable {
  /// The mesh.
  public let mesh: TriangleMesh
  private let tree: BoundsTree
  private let dipoles: DipoleSums

  /// Prepares a mesh of at least one triangle.
  public init(_ mesh: TriangleMesh) {
    self.mesh = mesh
    tree = BoundsTree(count: mesh.triangles.count, leafSize: 6) { triangle in
      let (a, b, c) = mesh.corners(of: triangle)
      return (pointwiseMin(a, pointwiseMin(b, c)), pointwiseMax(a, pointwiseMax(b, c)))
    }
    let moments = mesh.triangles.indices.map { mesh.doubledAreaNormal(of: $0) / 2 }
    dipoles = DipoleSums(
      tree, moments: moments,
      positions: mesh.triangles.indices.map { triangle in
        let (a, b, c) = mesh.corners(of: triangle)
        return (a + b + c) / 3
      })
  }

  /// The nearest point of the surface, its distance and its triangle.
  public func nearest(
    to point: SIMD3<Double>
  ) -> (point: SIMD3<Double>, distance: Double, triangle: Int) {
    var best = (point: point, squared: Double.infinity, triangle: 0)
    search(0, point, &best)
    return (best.point, best.squared.squareRoot(), best.triangle)
  }

  private func search(
    _ number: Int, _ point: SIMD3<Double>,
    _ best: inout (point: SIMD3<Double>, squared: Double, triangle: Int)
  ) {
    let node = tree.nodes[number]
    if node.right == 0 {
      for place in Int(node.start)..<Int(node.start + node.count) {
        let triangle = Int(tree.order[place])
        let (a, b, c) = mesh.corners(of: triangle)
        let candidate = Self.nearest(to: point, a, b, c)
        let offset = candidate - point
        let squared = dot(offset, offset)
        if squared < best.squared { best = (candidate, squared, triangle) }
      }
      return
    }
    let (left, right) = (number + 1, Int(node.right))
    let leftDistance = tree.nodes[left].squaredDistance(to: point)
    let rightDistance = tree.nodes[right].squaredDistance(to: point)
    let isLeftNearer = leftDistance <= rightDistance
    let (near, far) = isLeftNearer ? (left, right) : (right, left)
    if min(leftDistance, rightDistance) < best.squared { search(near, point, &best) }
    if max(leftDistance, rightDistance) < best.squared { search(far, point, &best) }
  }

  /// The distance to the surface, negative where the winding number is above 1/2.
  public func signedDistance(to point: SIMD3<Double>) -> Double {
    let distance = nearest(to: point).distance
    return windingNumber(at: point) > 0.5 ? -distance : distance
  }

  /// The winding number: about 1 inside, 0 outside.
  public func windingNumber(at point: SIMD3<Double>) -> Double {
    dipoles.sum(tree, at: point) { triangle in
      let (a, b, c) = mesh.corners(of: triangle)
      return Self.solidAngle(a - point, b - point, c - point)
    } / (4 * Double.pi)
  }

  /// The signed solid angle of a triangle seen from the origin (Van Oosterom and Strackee 1983).
  private static func solidAngle(
    _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
  ) -> Double {
    let (la, lb, lc) = (length(a), length(b), length(c))
    let numerator = dot(a, cross(b, c))
    let denominator = la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb
    return 2 * atan2(numerator, denominator)
  }

  /// The nearest point of a triangle (Ericson 2005, "Real-Time Collision Detection", section 5.1.5).
  static func nearest(
    to p: SIMD3<Double>, _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
  ) -> SIMD3<Double> {
    let (ab, ac, ap) = (b - a, c - a, p - a)
    let (d1, d2) = (dot(ab, ap), dot(ac, ap))
    if d1 <= 0, d2 <= 0 { return a }
    let bp = p - b
    let (d3, d4) = (dot(ab, bp), dot(ac, bp))
    if d3 >= 0, d4 <= d3 { return b }
    let vc = d1 * d4 - d3 * d2
    // A side without a length leaves the segment to the third corner, here and below.
    if vc <= 0, d1 >= 0, d3 <= 0 {
      return d1 > d3 ? a + ab * (d1 / (d1 - d3)) : nearest(to: p, a, c)
    }
    let cp = p - c
    let (d5, d6) = (dot(ab, cp), dot(ac, cp))
    if d6 >= 0, d5 <= d6 { return c }
    let vb = d5 * d2 - d1 * d6
    if vb <= 0, d2 >= 0, d6 <= 0 {
      return d2 > d6 ? a + ac * (d2 / (d2 - d6)) : nearest(to: p, a, b)
    }
    let va = d3 * d6 - d5 * d4
    if va <= 0, d4 - d3 >= 0, d5 - d6 >= 0 {
      let squared = (d4 - d3) + (d5 - d6)
      return squared > 0 ? b + (c - b) * ((d4 - d3) / squared) : nearest(to: p, a, b)
    }
    let sum = va + vb + vc
    return sum != 0 ? a + ab * (vb / sum) + ac * (vc / sum) : a
  }

  /// The nearest point of the segment between two points, which may be the same.
  private static func nearest(
    to p: SIMD3<Double>, _ a: SIMD3<Double>, _ b: SIMD3<Double>
  ) -> SIMD3<Double> {
    let squared = dot(b - a, b - a)
    return squared > 0 ? a + (b - a) * min(1, max(0, dot(b - a, p - a) / squared)) : a
  }
}
