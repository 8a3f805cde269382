import Numerics
import Signals

/// A surface to be learned, in the coordinates of the field: a mesh, or points with normals.
public enum ShapeSurface: Sendable {
  /// A mesh, whose distances are exact.
  case mesh(MeshDistance)
  /// Points with normals.
  case cloud(CloudDistance)

  /// The points of the surface from which it is learned: random ones of a mesh, or all of a cloud.
  ///
  /// - Parameters:
  ///   - count: number of points of a mesh.
  ///   - seed: the seed of the random points.
  public func points(_ count: Int, seed: UInt64) -> PointCloud {
    switch self {
    case .mesh(let distance): distance.mesh.sampled(count, seed: seed)
    case .cloud(let distance):
      PointCloud(points: distance.points, normals: distance.normals)
    }
  }
}

/// Points around a surface with their signed distances, from which a field is learned.
public struct DistanceSamples: Sendable {
  /// `[n, 3]`, in -1...1.
  public private(set) var coordinates: [Float] = []
  /// `[n]`, in the unit of the coordinates; negative inside.
  public private(set) var distances: [Float] = []

  /// Number n of points.
  public var count: Int { distances.count }

  /// Points of a mesh that are drawn on its surface.
  private static let surfacePoints = 60_000
  /// Points that are drawn around each point of the surface of a mesh.
  private static let aroundMesh = 4
  /// Points that are drawn along the normal of each point of a cloud.
  private static let alongNormals = 16
  /// Points that are drawn in the whole cube.
  private static let volumePoints = 100_000

  /// Draws points and measures their distances.
  ///
  /// Points on the surface come first, then those near it, then those in the whole cube. For a mesh all distances are
  /// exact. For a cloud, points near the surface lie on the normals of its points, where the distance is known as long as
  /// no other point is nearer. Other points are used from two spacings on, where the distance to the nearest points
  /// suffices, with the sign of the winding number.
  public init(_ surface: ShapeSurface, seed: UInt64) {
    switch surface {
    case .mesh(let mesh): sample(mesh, seed)
    case .cloud(let cloud): sample(cloud, seed)
    }
  }

  private mutating func append(_ pairs: [(SIMD3<Double>, Double)?]) {
    for case (let point, let distance)? in pairs {
      for axis in 0..<3 { coordinates.append(Float(point[axis])) }
      distances.append(Float(distance))
    }
  }

  private static func inCube(_ random: inout Xoshiro256) -> SIMD3<Double> {
    SIMD3(2 * random.uniform() - 1, 2 * random.uniform() - 1, 2 * random.uniform() - 1)
  }

  private static func gaussian(_ random: inout Xoshiro256) -> SIMD3<Double> {
    SIMD3(random.normal(), random.normal(), random.normal())
  }

  private mutating func sample(_ mesh: MeshDistance, _ seed: UInt64) {
    let surface = mesh.mesh.sampled(Self.surfacePoints, seed: seed).points
    append(surface.map { ($0, 0) })
    append(
      ParallelPieces.map(surface.count * Self.aroundMesh) { index in
        var random = Xoshiro256(seed: seed, .shapePoints, 0, UInt64(index))
        let width = index % 2 == 0 ? 0.008 : 0.04
        let point = surface[index / Self.aroundMesh] + Self.gaussian(&random) * width
        return (point, mesh.signedDistance(to: point))
      })
    append(
      ParallelPieces.map(Self.volumePoints) { index in
        var random = Xoshiro256(seed: seed, .shapePoints, 1, UInt64(index))
        let point = Self.inCube(&random)
        return (point, mesh.signedDistance(to: point))
      })
  }

  private mutating func sample(_ cloud: CloudDistance, _ seed: UInt64) {
    let points = cloud.points
    append(points.map { ($0, 0) })
    append(
      ParallelPieces.map(points.count * Self.alongNormals) { index in
        var random = Xoshiro256(seed: seed, .shapePoints, 0, UInt64(index))
        let item = index / Self.alongNormals
        let offset = random.normal() * (index % 2 == 0 ? 0.008 : 0.03)
        let point = points[item] + cloud.normals[item] * offset
        // The distance along the normal is right unless another part of the surface is nearer.
        guard let nearest = cloud.nearest(1, to: point).first,
          nearest.index == item || nearest.squared > 0.96 * offset * offset
        else { return nil }
        return (point, offset)
      })
    let far = { @Sendable (point: SIMD3<Double>) -> (SIMD3<Double>, Double)? in
      let (distance, spacing) = cloud.signedDistance(to: point)
      return abs(distance) > spacing ? (point, distance) : nil
    }
    append(
      ParallelPieces.map(Self.volumePoints) { index in
        var random = Xoshiro256(seed: seed, .shapePoints, 1, UInt64(index))
        return far(points[index % points.count] + Self.gaussian(&random) * 0.06)
      })
    append(
      ParallelPieces.map(Self.volumePoints) { index in
        var random = Xoshiro256(seed: seed, .shapePoints, 2, UInt64(index))
        return far(Self.inCube(&random))
      })
  }
}
