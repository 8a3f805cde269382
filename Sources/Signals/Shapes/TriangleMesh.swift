/// A surface made of triangles.
public struct TriangleMesh: Sendable, Equatable {
  /// The positions of the vertices, in the file's unit.
  public var vertices: [SIMD3<Double>]
  /// Three indices of vertices per triangle, counterclockwise seen from outside.
  public var triangles: [SIMD3<Int32>]
  /// The unit normals of the vertices, pointing outwards; nil if there are none.
  public var normals: [SIMD3<Double>]?

  /// A mesh from its parts; every index must be that of a vertex.
  public init(
    vertices: [SIMD3<Double>], triangles: [SIMD3<Int32>], normals: [SIMD3<Double>]? = nil
  ) {
    precondition(
      normals == nil || normals?.count == vertices.count,
      "\(normals?.count ?? 0) normals for \(vertices.count) vertices")
    self.vertices = vertices
    self.triangles = triangles
    self.normals = normals
  }

  /// The three corners of a triangle.
  public func corners(
    of triangle: Int
  ) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    let indices = triangles[triangle]
    return (vertices[Int(indices.x)], vertices[Int(indices.y)], vertices[Int(indices.z)])
  }

  /// A triangle's normal times twice its area.
  func doubledAreaNormal(of triangle: Int) -> SIMD3<Double> {
    let (a, b, c) = corners(of: triangle)
    return cross(b - a, c - a)
  }

  /// The area of all triangles.
  public var area: Double {
    triangles.indices.reduce(0) { $0 + length(doubledAreaNormal(of: $1)) / 2 }
  }

  /// The volume inside a closed mesh; negative if its normals point inwards.
  public var signedVolume: Double {
    triangles.indices.reduce(0) { sum, triangle in
      let (a, b, c) = corners(of: triangle)
      return sum + dot(a, cross(b, c)) / 6
    }
  }
}

/// Points on a surface.
public struct PointCloud: Sendable, Equatable {
  /// The positions, in the file's unit.
  public var points: [SIMD3<Double>]
  /// The unit normals, pointing outwards; nil if they are unknown.
  public var normals: [SIMD3<Double>]?

  /// A cloud from its parts.
  public init(points: [SIMD3<Double>], normals: [SIMD3<Double>]? = nil) {
    precondition(
      normals == nil || normals?.count == points.count,
      "\(normals?.count ?? 0) normals for \(points.count) points")
    self.points = points
    self.normals = normals
  }
}

/// A shape in three dimensions, as its file describes it.
public enum Shape: Sendable, Equatable {
  /// Triangles.
  case mesh(TriangleMesh)
  /// Points, with or without normals.
  case cloud(PointCloud)

  /// All positions.
  public var positions: [SIMD3<Double>] {
    switch self {
    case .mesh(let mesh): mesh.vertices
    case .cloud(let cloud): cloud.points
    }
  }

  /// A description for people, such as `mesh of 2903 vertices and 5804 triangles`.
  public var summary: String {
    switch self {
    case .mesh(let mesh):
      "mesh of \(mesh.vertices.count) vertices and \(mesh.triangles.count) triangles"
    case .cloud(let cloud):
      "cloud of \(cloud.points.count) points \(cloud.normals == nil ? "without" : "with") normals"
    }
  }
}
