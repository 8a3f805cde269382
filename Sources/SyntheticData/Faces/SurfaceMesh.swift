/// A surface as a grid of points with the properties for shading.
struct SurfaceMesh {
  let rows: Int
  let columns: Int
  /// Points in the frame in which the light is given.
  var positions: [Vector3]
  /// Unit normals pointing out of the surface.
  var normals: [Vector3]
  /// The coordinates of textures.
  ///
  /// Their meaning depends on the material.
  var coordinates: [SIMD4<Float>]
  /// Light from the main light that arrives, 0...1.
  var visibility: [Float]
  /// Light from all around that arrives, 0...1.
  var openness: [Float]

  /// A surface from its points, row by row; normals follow from the neighbours.
  ///
  /// - Parameter flipped: whether rows cross columns in the other sense, so that normals would
  ///   point inwards.
  init(
    rows: Int, columns: Int, positions: [Vector3], coordinates: [SIMD4<Float>],
    flipped: Bool = false
  ) {
    precondition(
      positions.count == rows * columns && coordinates.count == rows * columns,
      "a \(rows)x\(columns) mesh needs \(rows * columns) points, got \(positions.count)")
    self.rows = rows
    self.columns = columns
    self.positions = positions
    self.coordinates = coordinates
    normals = Self.normals(rows: rows, columns: columns, positions: positions, flipped: flipped)
    visibility = [Float](repeating: 1, count: positions.count)
    openness = [Float](repeating: 1, count: positions.count)
  }

  /// Moves every point and turns every normal.
  mutating func transform(_ rotation: Rotation, around pivot: Vector3) {
    for index in positions.indices {
      positions[index] = rotation.apply(positions[index] - pivot) + pivot
      normals[index] = rotation.apply(normals[index])
    }
  }

  private static func normals(
    rows: Int, columns: Int, positions: [Vector3], flipped: Bool
  ) -> [Vector3] {
    var normals = [Vector3](repeating: Vector3(0, 0, 1), count: positions.count)
    let sign: Float = flipped ? -1 : 1
    for row in 0..<rows {
      let above = max(row - 1, 0) * columns
      let below = min(row + 1, rows - 1) * columns
      for column in 0..<columns {
        let left = max(column - 1, 0)
        let right = min(column + 1, columns - 1)
        let down = positions[below + column] - positions[above + column]
        let across = positions[row * columns + right] - positions[row * columns + left]
        let normal = cross(down, across) * sign
        // A pole has no direction of its own, so it takes that of the previous row.
        let fallback = row > 0 ? normals[above + column] : Vector3(0, 1, 0)
        normals[row * columns + column] = normalized(normal, fallback: fallback)
      }
    }
    return normals
  }
}
