/// The map from a file's coordinates to those of a field, in which the largest side is 1.8 long.
///
/// The box around the shape is centred at 0 and scaled equally along all axes. The largest side spans -0.9...0.9, so
/// that the surface lies inside the cube -1...1 and is closed there.
public struct ShapeFrame: Sendable, Equatable, Codable {
  /// The centre of the box around the shape, in the file's unit.
  public var centre: SIMD3<Double>
  /// The length of the box's largest side, in the file's unit; positive.
  public var largestSide: Double

  /// The largest side in the coordinates of the field.
  public static let side = 1.8

  /// A frame from its parts.
  public init(centre: SIMD3<Double>, largestSide: Double) {
    precondition(largestSide > 0, "a side of \(largestSide)")
    self.centre = centre
    self.largestSide = largestSide
  }

  /// The frame around positions; nil if they do not span a box of positive size.
  public init?(around positions: [SIMD3<Double>]) {
    self.init(box: positions)
  }

  /// The frame around a mesh, without vertices that no triangle has; nil if it does not span a box of positive size.
  public init?(around mesh: TriangleMesh) {
    self.init(
      box: mesh.triangles.lazy.flatMap { triangle in
        (0..<3).lazy.map { mesh.vertices[Int(triangle[$0])] }
      })
  }

  private init?(box positions: some Sequence<SIMD3<Double>>) {
    var rest = positions.makeIterator()
    guard let first = rest.next() else { return nil }
    var (low, high) = (first, first)
    while let position = rest.next() {
      low = pointwiseMin(low, position)
      high = pointwiseMax(high, position)
    }
    let side = (high - low).max()
    let centre = low + (high - low) / 2
    guard side > 0, side.isFinite, (0..<3).allSatisfy({ centre[$0].isFinite }) else { return nil }
    self.init(centre: centre, largestSide: side)
  }

  /// The factor from the file's unit to the coordinates of the field.
  public var scale: Double { Self.side / largestSide }

  /// The field's coordinates of a position in the file's unit.
  public func normalize(_ position: SIMD3<Double>) -> SIMD3<Double> {
    (position - centre) * scale
  }

  /// The position in the file's unit of coordinates of the field.
  public func restore(_ coordinates: SIMD3<Double>) -> SIMD3<Double> {
    coordinates / scale + centre
  }

  /// A mesh in the field's coordinates; its normals stay.
  public func normalize(_ mesh: TriangleMesh) -> TriangleMesh {
    var mesh = mesh
    mesh.vertices = mesh.vertices.map { normalize($0) }
    return mesh
  }

  /// A cloud in the field's coordinates; its normals stay.
  public func normalize(_ cloud: PointCloud) -> PointCloud {
    PointCloud(points: cloud.points.map { normalize($0) }, normals: cloud.normals)
  }

  /// A mesh in the file's unit, from one in the field's coordinates; its normals stay.
  public func restore(_ mesh: TriangleMesh) -> TriangleMesh {
    var mesh = mesh
    mesh.vertices = mesh.vertices.map { restore($0) }
    return mesh
  }
}
