import Files

/// Collects the vertices and polygons of a file, and refuses what cannot be right.
struct ShapeBuilder {
  private let path: String
  private let limits: ShapeLimits
  private(set) var vertices: [SIMD3<Double>] = []
  private(set) var normals: [SIMD3<Double>] = []
  private(set) var triangles: [SIMD3<Int32>] = []

  init(_ path: String, _ limits: ShapeLimits) {
    self.path = path
    self.limits = limits
  }

  /// Takes memory for counts that the file's size has confirmed.
  mutating func reserve(vertices count: Int, triangles: Int) throws {
    try checkVertices(count)
    try check(triangles, limits.maximumTriangles, "triangles")
    vertices.reserveCapacity(count)
    self.triangles.reserveCapacity(triangles)
  }

  /// Adds a vertex.
  ///
  /// - Parameter place: where it stands in the file, such as `line 3`.
  mutating func add(vertex: SIMD3<Double>, _ place: @autoclosure () -> String) throws {
    guard vertex.x.isFinite, vertex.y.isFinite, vertex.z.isFinite, vertex.max() < 1e30,
      vertex.min() > -1e30
    else {
      throw corrupt(
        "\(place()): a coordinate is not a finite number", "remove the point or repair the file")
    }
    try checkVertices(vertices.count + 1)
    vertices.append(vertex)
  }

  /// Adds the normal of the vertex added last.
  mutating func add(normal: SIMD3<Double>, _ place: @autoclosure () -> String) throws {
    guard normal.x.isFinite, normal.y.isFinite, normal.z.isFinite else {
      throw corrupt(
        "\(place()): a normal is not finite", "remove the point, or the columns of normals")
    }
    normals.append(normalized(normal))
  }

  /// Adds a polygon as a fan of triangles.
  ///
  /// - Parameter indices: indices of vertices from 0; they may come later in the file.
  mutating func add(polygon indices: [Int], _ place: @autoclosure () -> String) throws {
    guard indices.count >= 3 else {
      throw corrupt(
        "\(place()): a face has \(indices.count) vertices, expected at least 3", Self.export)
    }
    for index in indices where index < 0 || index >= maximumVertices {
      throw outOfRange(index, place())
    }
    try check(triangles.count + indices.count - 2, limits.maximumTriangles, "triangles")
    for corner in 1..<indices.count - 1 {
      triangles.append(
        SIMD3(Int32(indices[0]), Int32(indices[corner]), Int32(indices[corner + 1])))
    }
  }

  /// The shape, once the whole file is read.
  ///
  /// - Parameter normalsOfPoints: whether normals are those of the vertices only if there is no face.
  func shape(normalsOfPoints: Bool = false) throws -> Shape {
    for triangle in triangles where Int(triangle.max()) >= vertices.count {
      throw outOfRange(Int(triangle.max()), "a face")
    }
    guard !vertices.isEmpty else {
      throw FileError(
        kind: .empty, path: path, reason: "it has no vertex", advice: "export the shape again")
    }
    // In OBJ the normals belong to corners of faces, unless there are no faces.
    let belong = !normalsOfPoints || triangles.isEmpty
    let known = belong && normals.count == vertices.count ? normals : nil
    // A normal of length 0 says nothing, so a cloud with one has none.
    let usable = known.flatMap { $0.contains(.zero) ? nil : $0 }
    return triangles.isEmpty
      ? .cloud(PointCloud(points: vertices, normals: usable))
      : .mesh(TriangleMesh(vertices: vertices, triangles: triangles, normals: usable))
  }

  private static let export = "export the shape again"

  private var maximumVertices: Int { min(limits.maximumVertices, Int(Int32.max)) }

  private func checkVertices(_ count: Int) throws {
    try check(count, maximumVertices, "vertices")
  }

  private func check(_ count: Int, _ limit: Int, _ noun: String) throws {
    guard count <= limit else {
      throw FileError(
        kind: .tooLarge, path: path, reason: "it has more than \(limit) \(noun)",
        advice: "simplify the shape first, \(FileLimit.points.advice)")
    }
  }

  private func outOfRange(_ index: Int, _ place: String) -> FileError {
    corrupt(
      "\(place) names vertex \(index + 1), the file has \(vertices.count)", Self.export)
  }

  func corrupt(_ reason: String, _ advice: String = "export the shape again") -> FileError {
    FileError(kind: .corrupt, path: path, reason: reason, advice: advice)
  }

  /// The error of a file that ends too early.
  func truncated(_ reason: String) -> FileError {
    FileError(
      kind: .truncated, path: path, reason: reason, advice: "copy or export the shape again")
  }
}
