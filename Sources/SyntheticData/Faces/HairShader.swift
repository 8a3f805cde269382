import Foundation

/// The colour of hair and headwear on their shells.
struct HairShader {
  private let style: HairStyle
  private let headwear: Headwear?
  private let surface: HairSurface
  private let illumination: Illumination
  private let rotation: Rotation
  private let softness: Float

  /// The hair of one person.
  ///
  /// - Parameter sampleWidth: width of a sample in decimetres.
  init(
    _ traits: FaceTraits, surface: HairSurface, illumination: Illumination, rotation: Rotation,
    sampleWidth: Float
  ) {
    style = traits.hair
    headwear = traits.headwear
    self.surface = surface
    self.illumination = illumination
    self.rotation = rotation
    softness = sampleWidth
  }

  /// Colour and coverage of hair.
  ///
  /// The position holds azimuth, polar angle, an unused number, and 1 for gathered hair.
  func hair(_ fragment: SampleLayer.Fragment) -> SIMD4<Float> {
    let (place, normal) = (fragment.place, fragment.normal)
    let (visibility, openness) = (fragment.visibility, fragment.openness)
    let (azimuth, polar) = (place.x, place.y)
    let coverage =
      place.w > 0.5 ? 1 : surface.coverage(azimuth, polar, softness: softness)
    guard coverage > 0.004 else { return .zero }
    // Strands run down from the crown, are combed to the sides of the parting, and wave.
    let combed = (azimuth - style.part) * 0.25 * smoothstep(1.6, 0.6, polar)
    let wave = style.waveAmplitude * 2.2 * sinf(polar * style.waveFrequency + azimuth * 2)
    let across = azimuth + combed * polar + wave
    var texture =
      0.45 * style.noise.value(across * 7, polar * 0.9)
      + 0.33 * style.noise.value(across * 19 + 40, polar * 1.5)
      + 0.22 * style.noise.value(across * 47 + 90, polar * 2.2)
    if style.curl > 0 {
      texture = mix(texture, style.noise.layered(azimuth * 9 + 5, polar * 9), style.curl)
    }
    let lock = (texture - 0.5) * mix(1.15, 1.7, style.curl)
    let tipped = mix(
      style.colour, style.tips, saturate((polar - 1.2) * 0.5 + (texture - 0.5) * 0.8))
    // Little light arrives deep between the locks.
    let depth = max(0.25, 1 + lock) * (place.w > 0.5 ? 0.85 : 1)
    let down = rotation.apply(Vector3(0, -1, 0))
    let tangent = normalized(
      down - normal * dot(down, normal) + Vector3(lock * 0.5 * style.curl, lock * 0.25, 0),
      fallback: down)
    let light = illumination.diffuse(
      normal, visibility: visibility, openness: openness * 0.9, wrap: Vector3(repeating: 0.25))
    let half = normalized(illumination.keyDirection + Vector3(0, 0, 1))
    let along = dot(tangent, half) + 0.10 + 0.14 * lock
    let sine = max(1 - along * along, 0)
    let sine4 = sine * sine * sine * sine
    let sine16 = sine4 * sine4 * sine4 * sine4
    let facing = saturate(dot(normal, illumination.keyDirection) + 0.35)
    let shine =
      illumination.keyColour * (sine16 * facing * visibility * style.gloss * (0.5 + texture))
    let colour =
      tipped * light * (depth * 0.92) + shine * (tipped * 0.75 + 0.028)
      + tipped * illumination.edgeLight(normal, openness: openness) * 0.5
    return SIMD4(colour, coverage)
  }

  /// Colour and coverage of headwear.
  ///
  /// The position holds azimuth, polar angle, and the part of the headwear: 0 dome, 1 brim, 2
  /// scarf.
  func headwear(_ fragment: SampleLayer.Fragment) -> SIMD4<Float> {
    guard let headwear else { return .zero }
    let place = fragment.place
    let (azimuth, polar) = (place.x, place.y)
    var albedo = headwear.colour
    var coverage: Float = 1
    var turned = fragment.normal
    switch headwear.kind {
    case .beanie:
      let rib = sinf(azimuth * 46)
      albedo *= 0.9 + 0.12 * rib
      albedo *= polar > 1.02 ? 1 : 0.88 + 0.12 * smoothstep(1.02, 0.9, polar)
    case .cap:
      if place.z > 0.5 { albedo = mix(headwear.colour, headwear.accent, 0.5) * 0.9 }
      let seam = abs(azimuth / (Float.pi / 3) - (azimuth / (Float.pi / 3)).rounded())
      albedo *= 1 - 0.25 * smoothstep(0.04, 0, seam) * (place.z < 0.5 ? 1 : 0)
    case .brimmed:
      if place.z < 0.5 && polar > 1.0 { albedo = headwear.accent }
      albedo *= 0.94 + 0.1 * style.noise.value(azimuth * 30, polar * 30)
    case .scarf:
      coverage = HeadwearSurface.scarfCoverage(
        azimuth, surface.height(atPolar: polar), softness: softness)
      guard coverage > 0.004 else { return .zero }
      let fold = style.noise.layered(azimuth * 3 + polar * 1.5, polar * 2.2)
      albedo *= 0.70 + 0.55 * fold
      turned = normalized(turned + Vector3((fold - 0.5) * 0.7, (fold - 0.5) * 0.4, 0))
    }
    let light = illumination.diffuse(
      turned, visibility: fragment.visibility, openness: fragment.openness,
      wrap: Vector3(repeating: 0.15))
    return SIMD4(albedo * light, coverage)
  }
}

/// The meshes of headwear.
enum HeadwearSurface {
  /// The polar angle at which hats end on the head.
  static let hatEnd: Float = 1.17

  /// The surfaces of something worn on the head, in the head's own frame.
  static func meshes(_ headwear: Headwear, hair: HairSurface) -> [SurfaceMesh] {
    switch headwear.kind {
    case .scarf:
      var mesh = hair.shell(rows: 46, last: 3.6) { azimuth, polar in
        0.06 + 0.10 * smoothstep(0.5, 1.6, polar) + 0.14 * smoothstep(2.3, 3.3, polar)
          + 0.03 * sinf(azimuth * 5 + polar * 2)
      }
      mark(&mesh, as: 2)
      return [mesh]
    case .beanie:
      var mesh = hair.shell(rows: 22, last: hatEnd) { _, polar in
        0.10 + headwear.height * smoothstep(0.8, 0, polar)
          + 0.045 * smoothstep(0.95, 1.02, polar)
      }
      mark(&mesh, as: 0)
      return [tilted(mesh, headwear)]
    case .cap:
      var dome = hair.shell(rows: 20, last: hatEnd) { _, polar in
        0.09 + headwear.height * 0.5 * smoothstep(1.1, 0.5, polar)
      }
      mark(&dome, as: 0)
      let visor = brim(of: dome, reach: headwear.brim * 1.25, front: true)
      return [tilted(dome, headwear), tilted(visor, headwear)]
    case .brimmed:
      var dome = hair.shell(rows: 20, last: hatEnd) { _, polar in
        0.09 + headwear.height * 1.3 * smoothstep(1.1, 0.6, polar)
      }
      mark(&dome, as: 0)
      let edge = brim(of: dome, reach: headwear.brim, front: false)
      return [tilted(dome, headwear), tilted(edge, headwear)]
    }
  }

  /// How much a scarf covers a point: all of it except in an oval around the face.
  static func scarfCoverage(_ azimuth: Float, _ y: Float, softness: Float) -> Float {
    let across = azimuth / 0.93
    let along = (y + 0.24) / 0.90
    let radius = (across * across + along * along).squareRoot()
    guard abs(azimuth) < 1.3 else { return 1 }
    return smoothstep(1 - softness, 1 + softness, radius)
  }

  private static func mark(_ mesh: inout SurfaceMesh, as part: Float) {
    for index in mesh.coordinates.indices { mesh.coordinates[index].z = part }
  }

  private static func tilted(_ mesh: SurfaceMesh, _ headwear: Headwear) -> SurfaceMesh {
    var mesh = mesh
    mesh.transform(
      Rotation(yaw: 0, pitch: -0.06 - 0.4 * abs(headwear.tilt), roll: headwear.tilt),
      around: Vector3(0, 0.6, 0))
    return mesh
  }

  private static func brim(of dome: SurfaceMesh, reach: Float, front: Bool) -> SurfaceMesh {
    let rows = 8
    let start = (dome.rows - 1) * dome.columns
    var positions: [Vector3] = []
    var coordinates: [SIMD4<Float>] = []
    for row in 0..<rows {
      let t = Float(row) / Float(rows - 1)
      for column in 0..<dome.columns {
        let azimuth = dome.coordinates[start + column].x
        let edge = dome.positions[start + column]
        let extent =
          front ? reach * smoothstep(1.15, 0.55, abs(azimuth)) : reach
        let forward =
          front
          ? Vector3(0.12 * sinf(azimuth), -0.50 - 0.14 * azimuth * azimuth, 1)
          : Vector3(sinf(azimuth), -0.10 + 0.12 * t, cosf(azimuth))
        positions.append(edge + forward * (extent * t))
        coordinates.append(SIMD4(azimuth, hatEnd, 1, 0))
      }
    }
    return SurfaceMesh(
      rows: rows, columns: dome.columns, positions: positions, coordinates: coordinates)
  }
}
