/// The kind of surface of a sample.
enum Material {
  case face
  case ear
  case neck
  case cloth
  case hair
  case headwear
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
///
/// A sample holds its triangle and its position in it. The properties for shading are interpolated
/// once, for the surface that is visible in the end.
struct SampleLayer {
  /// Which sides of a surface are drawn.
  enum Facing {
    case front
    case back
  }

  /// The properties of a sample for shading.
  struct Fragment {
    var depth: Float
    var place: SIMD4<Float>
    var normal: Vector3
    /// The fraction of the main light that arrives.
    var visibility: Float
    /// The fraction of the light from all around that arrives.
    var openness: Float
  }

  private struct Sample {
    var depth: Float
    var mesh: Int32
    var corners: (Int32, Int32, Int32)
    var weights: SIMD2<Float>

    static let nothing = Sample(
      depth: -.infinity, mesh: -1, corners: (0, 0, 0), weights: .zero)
  }

  private let side: Int
  private var samples: [Sample]

  /// An empty layer.
  init(side: Int) {
    self.side = side
    samples = [Sample](repeating: .nothing, count: side * side)
  }

  /// Removes everything from the layer.
  mutating func clear() {
    for index in samples.indices {
      samples[index].depth = -.infinity
      samples[index].mesh = -1
    }
  }

  /// Draws one side of a surface where it is nearer than the surfaces drawn before.
  ///
  /// - Parameter number: identifies the surface when its samples are asked for.
  mutating func draw(_ mesh: SurfaceMesh, number: Int, facing: Facing, by camera: Camera) {
    let projected = mesh.positions.map { camera.project($0) }
    let sign: Float = facing == .front ? 1 : -1
    let side = side
    forEachTriangle(rows: mesh.rows, columns: mesh.columns) { a, b, c in
      let (p, q, r) = (projected[a], projected[b], projected[c])
      scan(p, q, r, sign: sign, width: side, height: side) { index, weights in
        let z = p.z * weights.x + q.z * weights.y + r.z * weights.z
        guard z > samples[index].depth else { return }
        samples[index] = Sample(
          depth: z, mesh: Int32(number), corners: (Int32(a), Int32(b), Int32(c)),
          weights: SIMD2(weights.x, weights.y))
      }
    }
  }

  /// Calls `body` for every sample that shows a surface, with the sample's index.
  ///
  /// - Parameters:
  ///   - mesh: the surface that was drawn.
  ///   - number: the number that it was drawn with.
  @inline(__always)
  func forEachSample(of mesh: SurfaceMesh, number: Int, _ body: (Int, Fragment) -> Void) {
    for index in samples.indices where samples[index].mesh == Int32(number) {
      let sample = samples[index]
      let (a, b, c) = (Int(sample.corners.0), Int(sample.corners.1), Int(sample.corners.2))
      let (u, v) = (sample.weights.x, sample.weights.y)
      let w = 1 - u - v
      body(
        index,
        Fragment(
          depth: sample.depth,
          place: mesh.coordinates[a] * u + mesh.coordinates[b] * v + mesh.coordinates[c] * w,
          normal: normalized(mesh.normals[a] * u + mesh.normals[b] * v + mesh.normals[c] * w),
          visibility: mesh.visibility[a] * u + mesh.visibility[b] * v + mesh.visibility[c] * w,
          openness: mesh.openness[a] * u + mesh.openness[b] * v + mesh.openness[c] * w))
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
///   the others, 0 for all.
@inline(__always)
func scan(
  _ p: Vector3, _ q: Vector3, _ r: Vector3, sign: Float, width: Int, height: Int,
  _ body: (Int, Vector3) -> Void
) {
  // Rows grow downwards, so an anticlockwise triangle has a negative area here.
  let area = (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
  guard (sign == 0 ? abs(area) : -area * sign) > 1e-7 else { return }
  let low = SIMD2(min(p.x, min(q.x, r.x)), min(p.y, min(q.y, r.y)))
  let high = SIMD2(max(p.x, max(q.x, r.x)), max(p.y, max(q.y, r.y)))
  guard high.x > 0, high.y > 0, low.x < Float(width), low.y < Float(height) else { return }
  let firstColumn = Int(wholePart(max(low.x + 0.5, 0)))
  let lastColumn = min(Int(wholePart(high.x + 0.5)) - 1, width - 1)
  let firstRow = Int(wholePart(max(low.y + 0.5, 0)))
  let lastRow = min(Int(wholePart(high.y + 0.5)) - 1, height - 1)
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
