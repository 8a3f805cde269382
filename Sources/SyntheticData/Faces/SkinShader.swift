import Foundation

/// The colour of skin and of everything painted on it: brows, eyes, lips, facial hair, lines.
struct SkinShader {
  private let traits: FaceTraits
  private let illumination: Illumination
  private let rotation: Rotation
  private let sampleWidth: Float
  private let eyes: EyeTexture
  private let mouth: MouthTexture
  private let facialHair: FacialHairTexture
  private let wrap: Vector3
  private let scalp: HairSurface?

  /// The skin of one person.
  ///
  /// - Parameter sampleWidth: width of a sample in decimetres.
  init(
    _ traits: FaceTraits, illumination: Illumination, rotation: Rotation, sampleWidth: Float,
    scalp: HairSurface?
  ) {
    self.traits = traits
    self.illumination = illumination
    self.rotation = rotation
    self.sampleWidth = sampleWidth
    self.scalp = scalp
    eyes = EyeTexture(traits, rotation: rotation, sampleWidth: sampleWidth)
    mouth = MouthTexture(traits, sampleWidth: sampleWidth)
    facialHair = FacialHairTexture(traits)
    wrap = Vector3(0.34, 0.20, 0.15)
  }

  /// The colour of plain skin.
  @inline(__always)
  func skin(
    _ albedo: Vector3, _ normal: Vector3, visibility: Float, openness: Float, gloss: Float
  ) -> Vector3 {
    // The light in a hollow is reddened by the skin around it.
    let hollow = Vector3(openness.squareRoot(), openness, openness)
    let light = illumination.diffuse(
      normal, visibility: visibility, openness: openness, wrap: wrap)
    let shine = illumination.highlight(normal, visibility: visibility, openness: openness)
    return albedo * light * mix(Vector3(repeating: 1), hollow, 0.5) + shine * (0.10 * gloss)
      + albedo * illumination.edgeLight(normal, openness: openness) * 0.35
  }

  /// The colour of the ear.
  ///
  /// Its position is a point of the unit sphere, with x pointing outwards.
  func ear(_ fragment: SampleLayer.Fragment) -> Vector3 {
    let place = fragment.place
    let shell = bell(place.z - 0.15, place.y - 0.05, 0.62, 0.62) * smoothstep(0, 0.4, place.x)
    let rim = bell(place.z - 0.05, place.y - 0.5, 0.5, 0.3) * smoothstep(0, 0.4, place.x)
    let albedo = traits.skin.albedo * Vector3(1.02, 0.88, 0.86)
    return skin(
      albedo * (1 - 0.55 * shell - 0.2 * rim), fragment.normal, visibility: fragment.visibility,
      openness: fragment.openness * (1 - 0.5 * shell), gloss: traits.skin.gloss * 0.5)
  }

  /// The colour of the neck and chest at a point.
  func neck(_ fragment: SampleLayer.Fragment) -> Vector3 {
    let place = fragment.place
    var albedo = traits.skin.albedo * 0.94
    albedo *= 0.96 + 0.08 * traits.skin.mottling.layered(place.x * 4, place.y * 4)
    // The two muscles that meet at the throat.
    let muscle = abs(abs(place.x) - 0.16 - 0.28 * saturate((place.y + 1.75) / 0.9))
    albedo *= 0.95 + 0.08 * smoothstep(0.14, 0.03, muscle)
    if traits.facialHair.stubble > 0.05 || traits.facialHair.beard > 0 {
      let upper = smoothstep(-1.32, -1.02, place.y)
      let amount = max(traits.facialHair.stubble * 0.6, traits.facialHair.beard * 0.55) * upper
      albedo = mix(albedo, traits.facialHair.colour, amount)
    }
    return skin(
      albedo, fragment.normal, visibility: fragment.visibility, openness: fragment.openness,
      gloss: traits.skin.gloss * 0.4)
  }

  /// The colour of the head at a point of its own frame.
  func face(_ fragment: SampleLayer.Fragment) -> Vector3 {
    let (x, y, z) = (fragment.place.x, fragment.place.y, fragment.place.z)
    let (normal, visibility, openness) = (fragment.normal, fragment.visibility, fragment.openness)
    var albedo = traits.skin.albedo
    var gloss = traits.skin.gloss
    paint(x, y, z, &albedo, &gloss)
    guard z > 0.15, y < 0.62 else {
      return skin(albedo, normal, visibility: visibility, openness: openness, gloss: gloss)
    }
    var shade = lines(x, y)
    let lips = mouth.evaluate(x, y)
    if let lips {
      albedo = mix(albedo, traits.mouth.lipColour * lips.lipFactor, lips.lip)
      gloss = mix(gloss, 0.9, lips.lip * 0.7)
      shade *= lips.shade
    }
    let nostrilX = abs(x) - 0.080 * traits.nose.width
    let nostrilY = y + traits.nose.length - 0.002
    shade *= 1 - 0.72 * bell(nostrilX, nostrilY, 0.062, max(0.030, sampleWidth * 0.9))
    var result: Vector3
    let side: Float = x < 0 ? -1 : 1
    let ex = abs(x) - traits.eyes.spacing
    let ey = y - traits.eyes.height
    if abs(ex) < EyeTexture.reach.x && abs(ey) < EyeTexture.reach.y {
      let place = eyes.evaluate(ex, ey, side: side)
      result = skin(
        albedo * place.skinFactor * shade, normal, visibility: visibility, openness: openness,
        gloss: gloss)
      if place.coverage > 0 {
        let ball = rotation.apply(place.normal)
        let light = illumination.diffuse(
          ball, visibility: visibility, openness: openness * 0.95,
          wrap: Vector3(repeating: 0.3))
        let eye =
          place.albedo * light * place.shade + illumination.keyColour
          * (place.glint * (0.25 + 0.75 * visibility) * 1.3)
        result = mix(result, eye, place.coverage)
      }
      if place.lashes > 0 {
        result = mix(result, Vector3(0.018, 0.014, 0.012), min(place.lashes, 0.94))
      }
    } else {
      result = skin(
        albedo * shade, normal, visibility: visibility, openness: openness, gloss: gloss)
    }
    if let lips, lips.opening > 0 {
      let light = illumination.diffuse(
        Vector3(0, 0, 1), visibility: visibility, openness: 0.8, wrap: Vector3(repeating: 0.4))
      result = mix(result, lips.inner * light, lips.opening)
    }
    let brow = browCoverage(x, y)
    if brow > 0 {
      let light = illumination.diffuse(
        normal, visibility: visibility, openness: openness, wrap: Vector3(repeating: 0.3))
      result = mix(result, traits.brows.colour * light, brow)
    }
    return result
  }

  /// Large and small variations of the skin's colour.
  private func paint(
    _ x: Float, _ y: Float, _ z: Float, _ albedo: inout Vector3, _ gloss: inout Float
  ) {
    let skin = traits.skin
    let ax = abs(x)
    albedo *= 0.955 + 0.09 * skin.mottling.layered(x * 5 + z * 2, y * 5)
    if z > 0.1 {
      let cheeks = bell(ax - 0.42, y + 0.36, 0.34, 0.28)
      let nose = bell(ax, y + 0.38, 0.2, 0.2)
      let chin = bell(ax, y + 1.0, 0.25, 0.2)
      let red = skin.redness * (0.75 * cheeks + 0.6 * nose + 0.3 * chin)
      albedo *= Vector3(1 + 0.03 * red, 1 - 0.24 * red, 1 - 0.22 * red)
      gloss *= 0.75 + 0.6 * bell(ax, y - 0.45, 0.5, 0.3) + 0.8 * nose + 0.35 * cheeks
      if skin.freckles > 0 {
        let field =
          skin.mottling.value(x * 26 + 50, y * 26) * skin.mottling.value(x * 11, y * 11 + 9)
        let spots = smoothstep(0.36, 0.55, field) * smoothstep(0.35, 0.1, abs(y + 0.2))
        albedo *= mix(Vector3(repeating: 1), Vector3(0.75, 0.62, 0.52), spots * skin.freckles * 0.8)
      }
    }
    if facialHair.isPresent {
      let coverage = facialHair.coverage(x, y, z, noise: skin.mottling)
      if coverage > 0 {
        albedo = mix(albedo, facialHair.colour(x, y, noise: skin.mottling), coverage)
        gloss *= 1 - coverage
      }
    }
    // Short hair shows the scalp below; the shell above it adds the strands.
    if let scalp, y > -0.75, y > 0.4 || z < 0.5 {
      let azimuth = atan2f(x, z + 0.07)
      let polar = y > 0.2 ? acosf(min((y - 0.2) / 0.97, 1)) : Float.pi / 2 + (0.2 - y) / 0.9
      let coverage = scalp.coverage(azimuth, polar, softness: 0.05)
      albedo = mix(albedo, traits.hair.colour, 0.75 * coverage)
      gloss *= 1 - 0.8 * coverage
    }
  }

  /// Factor of the light left by the lines of age.
  private func lines(_ x: Float, _ y: Float) -> Float {
    let amount = traits.skin.wrinkles
    guard amount > 0.05 else { return 1 }
    let ax = abs(x)
    var shade: Float = 1
    if y > 0.26 {
      let wave = y + 0.02 * traits.skin.mottling.value(x * 3, 4) - 0.05 * x * x
      let phase = (wave - 0.30) / 0.105
      let line = abs(phase - phase.rounded())
      shade -=
        amount * 0.24 * smoothstep(0.30, 0, line) * smoothstep(0.5, 0.25, ax)
        * smoothstep(0.68, 0.5, y)
    } else if y > -0.2 && ax > 0.45 {
      let spread = (y + 0.0) / max(ax - 0.30, 0.05)
      let phase = spread / 0.32
      let line = abs(phase - phase.rounded())
      shade -= amount * 0.20 * smoothstep(0.35, 0, line) * bell(ax - 0.56, y, 0.10, 0.16)
    }
    return shade
  }

  private func browCoverage(_ x: Float, _ y: Float) -> Float {
    let brows = traits.brows
    guard y > 0.05, y < 0.42 else { return 0 }
    let ax = abs(x)
    let u = (ax - 0.095) / 0.46
    guard u > -0.12, u < 1.1 else { return 0 }
    let rise = u < 0.62 ? smoothstep(-0.2, 0.62, u) : 1 - 1.3 * (u - 0.62) / 0.38
    let centre = brows.height - 0.02 + brows.arch * rise + brows.slant * (u - 0.4)
    let half = brows.thickness * mix(1, 0.35, smoothstep(0.35, 1, u)) * 0.75
    let soft = max(half * 0.8, sampleWidth * 0.9)
    let distance = abs(y - centre)
    let body = smoothstep(half + soft, max(half - soft, 0), distance)
    let ends = smoothstep(-0.10, 0.06, u) * smoothstep(1.06, 0.88, u)
    let hairs = 0.70 + 0.45 * traits.skin.mottling.value(ax * 44 + y * 30, y * 24)
    return min(body * ends * brows.density * hairs * 1.08, 0.95)
  }
}
