/// The outline of a thing in a scene; lengths are in frame widths.
struct SceneShape {
  /// A part of a stroke: a straight piece whose half width changes evenly.
  struct Segment {
    var start: SIMD2<Float>
    var end: SIMD2<Float>
    var startRadius: Float
    var endRadius: Float
  }

  /// The kinds of outlines, about an origin of their own.
  enum Outline {
    /// An ellipse by its half axes.
    case ellipse(SIMD2<Float>)
    /// The points common to two discs: their radius, and how far each centre is from the axis.
    case lens(radius: Float, offset: Float)
    /// A closed curve by its radii at even steps of `RadialTable`.
    case radial(RadialTable)
    /// A convex polygon by the unit normals and offsets of its sides.
    case polygon([SIMD3<Float>])
    /// Branches and strips.
    case strokes([Segment])
    /// Everything below a line: its heights at even steps across the frame.
    case ridge([Float])
  }

  var outline: Outline
  var centre: SIMD2<Float>
  /// The turn of the outline, as cosine and sine.
  var turn: SIMD2<Float>
  /// No point of the outline is farther from the centre.
  var reach: Float
  /// Its smallest width: what is thinner than a pixel covers only a part of it.
  var thickness: Float
  /// Width of the rim of a hollow shape, such as a ring; 0 for a solid one.
  var rim: Float = 0

  /// How far inwards from the outline its distances are smooth, in frame widths.
  var smoothDepth: Float {
    if rim > 0 { return rim / 2 }
    switch outline {
    case .ellipse(let axes): return 0.9 * axes.min()
    case .lens, .strokes: return 0.5 * thickness
    case .radial(let table): return 0.6 * (table.radii.min() ?? 0) * table.stretch
    case .polygon: return 0.3 * thickness
    case .ridge: return 0.1
    }
  }
}

/// Radii of a closed curve, by the pseudo-angle of a direction.
///
/// The pseudo-angle grows from 0 to 4 once around the origin, like the angle but without trigonometry: it is
/// the place on the square |x| + |y| = 1.
struct RadialTable {
  /// The radii; the first is repeated at the end.
  private(set) var radii: [Float]
  /// How far the curve is stretched along y.
  let stretch: Float
  private let scale: Float

  /// The curve whose radius in a direction (a unit vector) is given.
  init(count: Int, stretch: Float, radius: (SIMD2<Float>) -> Float) {
    radii = (0..<count).map { radius(Self.direction(Float($0) * 4 / Float(count))) }
    radii.append(radii[0])
    self.stretch = stretch
    scale = Float(count) / 4
  }

  /// The unit vector at a pseudo-angle.
  static func direction(_ angle: Float) -> SIMD2<Float> {
    let x = angle <= 2 ? 1 - angle : angle - 3
    let y = angle <= 1 ? angle : angle <= 3 ? 2 - angle : angle - 4
    return SIMD2(x, y) / (x * x + y * y).squareRoot()
  }

  /// The largest radius after stretching.
  var reach: Float { (radii.max() ?? 0) * max(stretch, 1) }

  /// About the signed distance of a place from the curve, negative inside.
  @inline(__always)
  func distance(_ place: SIMD2<Float>) -> Float {
    let q = SIMD2(place.x, place.y / stretch)
    let sum = abs(q.x) + abs(q.y)
    guard sum > 1e-7 else { return -radii[0] }
    let part = q.y / sum
    let angle = (q.x >= 0 ? (q.y >= 0 ? part : 4 + part) : 2 - part) * scale
    let index = min(Int(angle), radii.count - 2)
    let rest = angle - Float(index)
    let step = radii[index + 1] - radii[index]
    let radius = radii[index] + step * rest
    let length = (q * q).sum().squareRoot()
    // The gradient of |q| - radius; a step of the pseudo-angle spans (|x| + |y|)^2 / |q|^2 of an angle.
    let slope = step * scale * (length * length) / (sum * sum) / max(length, radius * 0.3)
    let unit = q / length
    var gradient = SIMD2(unit.x + slope * unit.y, unit.y - slope * unit.x)
    gradient.y /= stretch
    return (length - radius) / max((gradient * gradient).sum().squareRoot(), 0.2)
  }
}
