import Foundation

/// Spectacles as a bent sheet in front of the eyes and two temples to the ears.
struct GlassesShader {
  private let glasses: Glasses
  private let spacing: Float
  private let illumination: Illumination
  private let edge: Float

  /// The spectacles of one person.
  ///
  /// - Parameter sampleWidth: width of a sample in decimetres.
  init(
    _ glasses: Glasses, eyes: FaceTraits.Eyes, illumination: Illumination, sampleWidth: Float
  ) {
    self.glasses = glasses
    spacing = eyes.spacing + 0.015
    self.illumination = illumination
    edge = max(sampleWidth * 0.6, 0.006)
  }

  /// The surfaces, in the head's own frame.
  static func meshes(_ glasses: Glasses, profile: HeadProfile) -> [SurfaceMesh] {
    let half = profile.section(at: 0).halfWidth + 0.02
    let columns = 29
    let rows = 9
    var positions: [Vector3] = []
    var coordinates: [SIMD4<Float>] = []
    for row in 0..<rows {
      let y = 0.32 - 0.72 * Float(row) / Float(rows - 1)
      for column in 0..<columns {
        let x = half * (2 * Float(column) / Float(columns - 1) - 1)
        positions.append(Vector3(x, y, 1.02 - 0.24 * x * x + 0.05 * y))
        coordinates.append(SIMD4(x, y, 0, 0))
      }
    }
    let front = SurfaceMesh(
      rows: rows, columns: columns, positions: positions, coordinates: coordinates)
    let temples = [Float(-1), 1].map { side -> SurfaceMesh in
      var positions: [Vector3] = []
      var coordinates: [SIMD4<Float>] = []
      for row in 0..<2 {
        for column in 0..<8 {
          let t = Float(column) / 7
          let height =
            0.06 - glasses.drop + (row == 0 ? 0.5 : -0.5) * max(glasses.thickness * 1.2, 0.03)
          positions.append(
            Vector3(side * (half + 0.02 * t), height, mix(1.02 - 0.24 * half * half, -0.05, t)))
          coordinates.append(SIMD4(0, 0, 1, 0))
        }
      }
      return SurfaceMesh(
        rows: 2, columns: 8, positions: positions, coordinates: coordinates, flipped: side > 0)
    }
    return [front] + temples
  }

  /// Colour and coverage at a point of the sheet or of a temple.
  func evaluate(_ fragment: SampleLayer.Fragment) -> SIMD4<Float> {
    let (place, normal) = (fragment.place, fragment.normal)
    let light = illumination.diffuse(
      normal, visibility: max(fragment.visibility, 0.5), openness: 1, wrap: Vector3(repeating: 0.3))
    let shine = illumination.highlight(normal, visibility: 1, openness: 1)
    let frameColour = glasses.colour * light + shine * 0.05
    if place.z > 0.5 { return SIMD4(frameColour, 0.95) }
    let distance = lensDistance(place.x, place.y)
    let frame = smoothstep(edge, -edge, abs(distance) - glasses.thickness / 2)
    let bridgeY = place.y - 0.055 + glasses.drop - 0.05 * bell(place.x * place.x / 0.02)
    let inner = spacing - glasses.halfWidth
    let bridge =
      smoothstep(edge, -edge, abs(bridgeY) - glasses.thickness * 0.5)
      * smoothstep(edge, -edge, abs(place.x) - inner) * (distance > 0 ? 1 : 0)
    let outer = spacing + glasses.halfWidth
    let hinge =
      smoothstep(edge, -edge, abs(place.y - 0.06 + glasses.drop) - glasses.thickness * 0.6)
      * smoothstep(-edge, edge, abs(place.x) - outer)
    let solid = max(frame, max(bridge, hinge))
    let lens = smoothstep(edge, -edge, distance)
    let side: Float = place.x < 0 ? -1 : 1
    let streak = (place.x - side * spacing) * 0.8 + place.y - 0.04
    let reflection =
      glasses.reflection * (0.05 + 0.22 * bell(streak * streak / 0.008)) * lens
      + 0.03 * glasses.tint * lens * smoothstep(-0.1, 0.15, place.y)
    let tinted = glasses.tint * lens * mix(0.86, 1, smoothstep(-0.15, 0.1, place.y))
    let lensAlpha = min(tinted + reflection * 0.6, 0.97)
    let sky = illumination.keyColour * 0.75
    let lensColour = mix(
      glasses.tintColour * light, sky, lensAlpha > 0 ? min(reflection * 0.6 / lensAlpha, 1) : 0)
    let alpha = solid + lensAlpha * (1 - solid)
    guard alpha > 0.004 else { return .zero }
    return SIMD4(mix(lensColour, frameColour, solid / alpha), alpha)
  }

  /// Signed distance to the outline of the nearer lens: a rectangle with round corners.
  private func lensDistance(_ x: Float, _ y: Float) -> Float {
    let qx = abs(x) - spacing
    let qy = y + glasses.drop - glasses.slope * qx
    let smaller = min(glasses.halfWidth, glasses.halfHeight)
    let radius = smaller * mix(0.35, 1, glasses.roundness)
    let dx = abs(qx) - glasses.halfWidth + radius
    let dy = abs(qy) - glasses.halfHeight + radius
    let outside = SIMD2(max(dx, 0), max(dy, 0))
    return (outside * outside).sum().squareRoot() + min(max(dx, dy), 0) - radius
  }
}
