import Foundation
import Numerics

/// Normals of points of which only the positions are known.
///
/// The plane through a point's neighbours gives the normal without its sign. The signs must be such that the winding
/// number of the whole surface is 1 inside and 0 outside. They are found as in Lin, Shi and Liu 2024, "Fast and globally
/// consistent normal orientation based on the winding number normal consistency": starting from zero, the vectors
/// alternately take a step towards a winding number of 1/2 at all points, and are replaced by the direction in which the
/// winding number decreases, with a smoothing that shrinks. Few points give the large picture, from which all take
/// their signs.
public enum PointNormals {
  /// Neighbours through which a plane is laid.
  private static let neighbours = 12
  /// The most points from which the large picture is made.
  private static let mostPoints = 6_000
  private static let iterations = 40

  /// A cloud with estimated normals, pointing outwards.
  ///
  /// - Parameter cloud: at least 4 points; its own normals are not used.
  public static func estimated(for cloud: PointCloud) -> PointCloud {
    let bare = CloudDistance(PointCloud(points: cloud.points))
    let planes = planeNormals(cloud.points)
    // Points at regular places of the tree's order are spread over the surface.
    let count = cloud.points.count
    let kept = min(count, mostPoints)
    let order = bare.spatialOrder
    let chosen = (0..<kept).map { Int(order[($0 * 2 + 1) * count / (2 * kept)]) }
    let part = PointCloud(points: chosen.map { cloud.points[$0] })
    let sources = WindingField(CloudDistance(part))
    let vectors = sources.consistentVectors(iterations: iterations)
    // The sign at every point comes from the large picture, then from all points together.
    var normals = sources.directions(vectors, at: cloud.points, planes: planes)
    let all = WindingField(bare)
    for _ in 0..<3 {
      let own = zip(normals, bare.areas).map { $0 * $1 }
      normals = all.directions(own, at: cloud.points, planes: normals, smoothing: 1)
    }
    return PointCloud(points: cloud.points, normals: normals)
  }

  /// The normals of the planes through each point's neighbours, with arbitrary signs.
  static func planeNormals(_ points: [SIMD3<Double>]) -> [SIMD3<Double>] {
    let tree = BoundsTree(count: points.count, leafSize: 8) { (points[$0], points[$0]) }
    return NeighbourSearch(tree, points).forEachPoint(neighbours: neighbours + 1) { _, found in
      let scale = max(found[found.count - 1].squared, .leastNormalMagnitude)
      var (sum, weight) = (SIMD3<Double>.zero, 0.0)
      let weights = found.map { exp(-2 * $0.squared / scale) }
      for (neighbour, share) in zip(found, weights) {
        sum += points[neighbour.index] * share
        weight += share
      }
      let mean = sum / weight
      var matrix = SymmetricMatrix3()
      for (neighbour, share) in zip(found, weights) {
        matrix.add((points[neighbour.index] - mean) / scale.squareRoot(), weight: share)
      }
      return matrix.smallestDirection
    }
  }
}

/// A symmetric matrix of 3x3.
struct SymmetricMatrix3 {
  private var rows = [[Double]](repeating: [0, 0, 0], count: 3)

  /// Adds the outer product of a vector with itself.
  mutating func add(_ vector: SIMD3<Double>, weight: Double) {
    for row in 0..<3 {
      for column in 0..<3 { rows[row][column] += weight * vector[row] * vector[column] }
    }
  }

  /// The unit eigenvector of the smallest eigenvalue (Jacobi's rotations).
  var smallestDirection: SIMD3<Double> {
    var a = rows
    var v: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<12 {
      let off = abs(a[0][1]) + abs(a[0][2]) + abs(a[1][2])
      if off < 1e-14 * (abs(a[0][0]) + abs(a[1][1]) + abs(a[2][2])) { break }
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where a[p][q] != 0 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<3 {
          let (x, y) = (a[k][p], a[k][q])
          (a[k][p], a[k][q]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<3 {
          let (x, y) = (a[p][k], a[q][k])
          (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<3 {
          let (x, y) = (v[k][p], v[k][q])
          (v[k][p], v[k][q]) = (c * x - s * y, s * x + c * y)
        }
      }
    }
    let smallest = (0..<3).min { a[$0][$0] < a[$1][$1] } ?? 0
    return normalized(SIMD3(v[0][smallest], v[1][smallest], v[2][smallest]))
  }
}
