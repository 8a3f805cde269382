import Foundation

/// The head without nose, eyes and mouth: a horizontal section at each height.
///
/// Sections are given at a few heights, from measured proportions of adult heads. Catmull-Rom
/// curves join them.
struct HeadProfile {
  /// One horizontal section.
  struct Section {
    var y: Float
    var halfWidth: Float
    var front: Float
    var back: Float
    /// 0 for an ellipse, 1 for a section that is flatter in front and at the sides.
    var squareness: Float
  }

  /// Sections from the crown down to the chin, dense where the face has detail.
  let sections: [Section]

  /// Azimuths of the columns, from the back over the left, the face and the right to the back.
  let azimuths: [Float]

  /// Sines and cosines of the azimuths, then those of the squarer section.
  private let directions: [(SIMD2<Float>, SIMD2<Float>)]

  private static let subdivisions = [4, 4, 5, 6, 8, 10, 10, 10, 10, 8, 7, 5, 3]

  /// The profile of a head.
  ///
  /// - Parameter detail: density of sections and columns, 1 for spacings of about 3 mm.
  init(_ head: FaceTraits.Head, detail: Float) {
    let columns = 2 * Int(40 * detail)
    azimuths = (0...columns).map { column in
      let s = 2 * Float(column) / Float(columns) - 1
      return Float.pi * (0.62 * s + 0.38 * s * s * s)
    }
    directions = azimuths.map { azimuth in
      let (s, c) = (sinf(azimuth), cosf(azimuth))
      let square = SIMD2(copysignf(powf(abs(s), 0.78), s), copysignf(powf(abs(c), 0.78), c))
      return (SIMD2(s, c), square)
    }
    let w = head.width
    let square = head.squareness
    // Height, half width, front, back, squareness.
    let raw: [(Float, Float, Float, Float, Float)] = [
      (1.160, 0, -0.12, -0.12, 0), (1.125, 0.27 * w, 0.20, -0.40, 0),
      (1.02, 0.47 * w, 0.45, -0.68, 0.05), (0.80, 0.635 * w, 0.68, -0.89, 0.2),
      (0.50, 0.73 * w, 0.80, -1.00, 0.3), (0.20, 0.755 * w, 0.85, -1.00, 0.45),
      (-0.05, 0.735 * w, 0.83, -0.95, 0.5),
      (-0.30, 0.705 * w * head.cheekWidth, 0.835, -0.80, 0.35),
      (-0.55, 0.645 * w * head.jawWidth, 0.85, -0.50, 0.25),
      (-0.75, 0.55 * w * head.jawWidth, 0.85, -0.25, 0.2 + 0.3 * square),
      (-0.93, 0.43 * w * mix(head.jawWidth, head.chinWidth, 0.5), 0.83, 0, 0.2 + 0.4 * square),
      (-1.06, 0.30 * w * head.chinWidth, 0.79, 0.2, 0.2 + 0.5 * square),
      (-1.135, 0.19 * w * head.chinWidth, 0.70, 0.33, 0.2), (-1.16, 0, 0.52, 0.52, 0),
    ]
    let knots = raw.map { knot in
      var y = knot.0
      if y > 0.2 { y = 0.2 + (y - 0.2) * head.crownHeight }
      if y < -0.55 { y = -0.55 + (y + 0.55) * head.chinLength }
      return Section(
        y: y, halfWidth: knot.1, front: knot.2, back: knot.3, squareness: knot.4)
    }
    var sections: [Section] = []
    for (interval, full) in Self.subdivisions.enumerated() {
      let count = max(2, Int((Float(full) * detail).rounded()))
      for step in 0..<count {
        sections.append(Self.joined(knots, interval, Float(step) / Float(count)))
      }
    }
    sections.append(knots[knots.count - 1])
    self.sections = sections
  }

  /// The section at a height.
  ///
  /// Beyond crown and chin it is the nearest section.
  func section(at y: Float) -> Section {
    guard let lower = sections.firstIndex(where: { $0.y <= y }) else {
      return sections[sections.count - 1]
    }
    guard lower > 0 else { return sections[0] }
    let (a, b) = (sections[lower - 1], sections[lower])
    let weight = (a.y - y) / max(a.y - b.y, 1e-6)
    return Section(
      y: y, halfWidth: mix(a.halfWidth, b.halfWidth, weight), front: mix(a.front, b.front, weight),
      back: mix(a.back, b.back, weight), squareness: mix(a.squareness, b.squareness, weight))
  }

  /// The point of a section in the direction of a column.
  @inline(__always)
  func point(on section: Section, column: Int) -> Vector3 {
    let (round, square) = directions[column]
    let direction = round + (square - round) * section.squareness
    return Vector3(
      section.halfWidth * direction.x, section.y,
      (section.front + section.back) / 2 + (section.front - section.back) / 2 * direction.y)
  }

  private static func joined(_ knots: [Section], _ interval: Int, _ t: Float) -> Section {
    let a = knots[max(interval - 1, 0)]
    let b = knots[interval]
    let c = knots[interval + 1]
    let d = knots[min(interval + 2, knots.count - 1)]
    func curve(_ path: KeyPath<Section, Float>) -> Float {
      let (p, q, r, s) = (a[keyPath: path], b[keyPath: path], c[keyPath: path], d[keyPath: path])
      return q + 0.5 * t
        * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)))
    }
    return Section(
      y: curve(\.y), halfWidth: max(curve(\.halfWidth), 0), front: curve(\.front),
      back: curve(\.back), squareness: saturate(curve(\.squareness)))
  }
}
