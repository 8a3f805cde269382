/// What kind of surface a sample shows.
enum Material: UInt8 {
  case nothing
  case face
  case ear
  case neck
  case cloth
  case hair
  case headwear
  case glasses
}

/// A perspective camera on the z axis, in samples.
struct Camera {
  let samples: Int
  private let scale: Float
  private let centre: SIMD2<Float>
  private let distance: Float
  private let shift: SIMD2<Float>

  /// Depth of the plane in which the frame has its nominal width.
  static let facePlane: Float = 0.7

  /// A camera that shows `shift` at the centre column, 45% from the top.
  init(samples: Int, pose: FaceTraits.Pose, shift: SIMD2<Float>) {
    self.samples = samples
    self.shift = shift
    scale = Float(samples) / pose.frameWidth
    centre = Float(samples) * (SIMD2(0.5, 0.46) + pose.offset)
    distance = pose.cameraDistance
  }

  /// Width of a sample in decimetres at the face's distance.
  var sampleWidth: Float { 1 / scale }

  /// Column, row and depth of a point.
  @inline(__always)
  func project(_ point: Vector3) -> Vector3 {
    let perspective = scale * (distance - Self.facePlane) / (distance - point.z)
    return Vector3(
      centre.x + (point.x - shift.x) * perspective, centre.y - (point.y - shift.y) * perspective,
      point.z)
  }
}

/// The nearest surface at each sample of the picture.
struct SampleLayer {
  /// Which sides of a surface are drawn.
  enum Facing {
    case front
    case back
  }

  let side: Int
  var depth: [Float]
  /// Normal and visibility of the main light.
  var normals: [SIMD4<Float>]
  /// Texture coordinates.
  var coordinates: [SIMD4<Float>]
  /// Openness to ambient light.
  var openness: [Float]
  var materials: [Material]

  /// A layer with nothing in it.
  init(side: Int) {
    self.side = side
    depth = [Float](repeating: -.infinity, count: side * side)
    normals = [SIMD4<Float>](repeating: .zero, count: side * side)
    coordinates = [SIMD4<Float>](repeating: .zero, count: side * side)
    openness = [Float](repeating: 1, count: side * side)
    materials = [Material](repeating: .nothing, count: side * side)
  }

  /// Removes everything from the layer.
  mutating func clear() {
    for index in depth.indices {
      depth[index] = -.infinity
      materials[index] = .nothing
    }
  }

  /// Draws one side of a surface where it is nearer than what the layer holds.
  mutating func draw(_ mesh: SurfaceMesh, as material: Material, facing: Facing, by camera: Camera)
  {
    let projected = mesh.positions.map { camera.project($0) }
    let sign: Float = facing == .front ? 1 : -1
    let side = side
    forEachTriangle(rows: mesh.rows, columns: mesh.columns) { a, b, c in
      let (p, q, r) = (projected[a], projected[b], projected[c])
      scan(p, q, r, sign: sign, width: side, height: side) { index, weights in
        let z = p.z * weights.x + q.z * weights.y + r.z * weights.z
        guard z > depth[index] else { return }
        depth[index] = z
        let normal =
          mesh.normals[a] * weights.x + mesh.normals[b] * weights.y + mesh.normals[c] * weights.z
        let visibility =
          mesh.visibility[a] * weights.x + mesh.visibility[b] * weights.y
          + mesh.visibility[c] * weights.z
        normals[index] = SIMD4(normal, visibility)
        coordinates[index] =
          mesh.coordinates[a] * weights.x + mesh.coordinates[b] * weights.y
          + mesh.coordinates[c] * weights.z
        openness[index] =
          mesh.openness[a] * weights.x + mesh.openness[b] * weights.y
          + mesh.openness[c] * weights.z
        materials[index] = material
      }
    }
  }
}

/// Calls `body` with the corners of both triangles of every cell of a grid.
@inline(__always)
func forEachTriangle(rows: Int, columns: Int, _ body: (Int, Int, Int) -> Void) {
  for row in 0..<(rows - 1) {
    for column in 0..<(columns - 1) {
      let a = row * columns + column
      let c = a + columns
      body(a, c, a + 1)
      body(a + 1, c, c + 1)
    }
  }
}

/// Calls `body` with every sample inside a triangle and the weights of its corners.
///
/// - Parameter sign: 1 to scan triangles whose corners run anticlockwise on the picture, -1 for
///   the others.
@inline(__always)
func scan(
  _ p: Vector3, _ q: Vector3, _ r: Vector3, sign: Float, width: Int, height: Int,
  _ body: (Int, Vector3) -> Void
) {
  // Rows grow downwards, so an anticlockwise triangle has a negative area here.
  let area = (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
  guard -area * sign > 1e-7 else { return }
  let low = SIMD2(min(p.x, min(q.x, r.x)), min(p.y, min(q.y, r.y)))
  let high = SIMD2(max(p.x, max(q.x, r.x)), max(p.y, max(q.y, r.y)))
  guard high.x > 0, high.y > 0, low.x < Float(width), low.y < Float(height) else { return }
  let firstColumn = Int(max(low.x - 0.5, 0).rounded(.up))
  let lastColumn = min(Int((high.x - 0.5).rounded(.down)), width - 1)
  let firstRow = Int(max(low.y - 0.5, 0).rounded(.up))
  let lastRow = min(Int((high.y - 0.5).rounded(.down)), height - 1)
  guard firstColumn <= lastColumn, firstRow <= lastRow else { return }
  let inverse = 1 / area
  for row in firstRow...lastRow {
    let y = Float(row) + 0.5
    for column in firstColumn...lastColumn {
      let x = Float(column) + 0.5
      let first = ((q.x - x) * (r.y - y) - (q.y - y) * (r.x - x)) * inverse
      let second = ((r.x - x) * (p.y - y) - (r.y - y) * (p.x - x)) * inverse
      let third = 1 - first - second
      if first >= 0 && second >= 0 && third >= 0 {
        body(row * width + column, Vector3(first, second, third))
      }
    }
  }
}
