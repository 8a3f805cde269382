import Foundation
import Numerics

extension TriangleMesh {
  /// Random points on the surface with the normals of their triangles.
  ///
  /// The surface is divided into `count` parts of equal area, with one point in each, so the points are spread more
  /// evenly than independent ones. The same seed gives the same points.
  ///
  /// - Parameters:
  ///   - count: number of points, at least 1.
  ///   - seed: the seed of the random numbers.
  public func sampled(_ count: Int, seed: UInt64) -> PointCloud {
    precondition(
      count >= 1 && !triangles.isEmpty, "\(count) points on \(triangles.count) triangles")
    var ends: [Double] = []
    ends.reserveCapacity(triangles.count)
    var total = 0.0
    for triangle in triangles.indices {
      total += length(doubledAreaNormal(of: triangle))
      ends.append(total)
    }
    var random = Xoshiro256(seed: seed, .surfacePoints)
    var cloud = PointCloud(points: [], normals: [])
    var normals: [SIMD3<Double>] = []
    var triangle = 0
    for part in 0..<count {
      let place = (Double(part) + random.uniform()) / Double(count) * total
      while triangle < triangles.count - 1, ends[triangle] <= place { triangle += 1 }
      let (a, b, c) = corners(of: triangle)
      // Uniform in the triangle: Osada et al. 2002, "Shape distributions", section 4.2.
      let root = random.uniform().squareRoot()
      let share = random.uniform()
      cloud.points.append(a * (1 - root) + b * (root * (1 - share)) + c * (root * share))
      normals.append(normalized(doubledAreaNormal(of: triangle)))
    }
    cloud.normals = normals
    return cloud
  }
}
