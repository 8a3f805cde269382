import Foundation

/// The colour of clothes, and of the skin that they leave free.
struct ClothShader {
  private let clothes: Clothes
  private let illumination: Illumination
  private let skin: SkinShader
  private let edge: Float

  /// The clothes of one person.
  ///
  /// - Parameter sampleWidth: width of a sample in decimetres.
  init(
    _ traits: FaceTraits, illumination: Illumination, skin: SkinShader, sampleWidth: Float
  ) {
    clothes = traits.clothes
    self.illumination = illumination
    self.skin = skin
    edge = max(sampleWidth, 0.012)
  }

  /// The colour of the torso at a point.
  func torso(_ fragment: SampleLayer.Fragment) -> Vector3 {
    let place = fragment.place
    let x = place.x
    let y = place.y - clothes.shoulderHeight
    let ax = abs(x)
    let depth = clothes.depth
    var albedo = pattern(x, y)
    var shade: Float = 1
    var bare: Float = 0
    switch clothes.neckline {
    case .crew:
      let line = -1.44 - 0.10 * depth + 0.20 * ax * ax - neckCurve(place.z)
      bare = smoothstep(-edge, edge, y - line)
      shade = 1 - 0.2 * bell((y - line + 0.06) * (y - line + 0.06) / 0.0012)
    case .vee:
      let line = -1.80 - 0.25 * depth + min(ax * 1.35, 0.62) - neckCurve(place.z)
      bare = smoothstep(-edge, edge, y - line)
      shade = 1 - 0.2 * bell((y - line + 0.07) * (y - line + 0.07) / 0.0016)
    case .wide:
      let line = -1.72 - 0.35 * depth + 0.22 * ax * ax
      bare = smoothstep(-edge, edge, y - line) * smoothstep(1.25, 1.2, ax)
    case .turtleneck:
      break
    case .collar:
      (albedo, shade, bare) = collar(ax, y, front: place.z, albedo, open: depth > 0.45)
    case .suit:
      (albedo, shade, bare) = suit(ax, x, y, albedo)
    }
    let fold = clothes.noise.layered(x * 2.3 + y, y * 3.5)
    let bent = normalized(fragment.normal + Vector3((fold - 0.5) * 0.5, (fold - 0.5) * 0.25, 0))
    let light = illumination.diffuse(
      bent, visibility: fragment.visibility, openness: fragment.openness,
      wrap: Vector3(repeating: 0.12))
    let cloth = albedo * light * (shade * (0.86 + 0.28 * fold))
    guard bare > 0 else { return cloth }
    return mix(cloth, skin.neck(fragment), bare)
  }

  /// The colour of a turtleneck's collar on the neck; nil where the neck is bare.
  func collarOnNeck(_ fragment: SampleLayer.Fragment) -> SIMD4<Float>? {
    let place = fragment.place
    let top: Float
    switch clothes.neckline {
    case .turtleneck: top = -1.22
    case .collar where clothes.depth <= 0.45: top = -1.40 + 0.12 * abs(place.x)
    case .suit: top = -1.40 + 0.12 * abs(place.x)
    default: return nil
    }
    let coverage = smoothstep(top + edge, top - edge, place.y)
    guard coverage > 0 else { return nil }
    let albedo = clothes.neckline == .suit ? clothes.inner : clothes.colour
    let rib = clothes.neckline == .turtleneck ? 0.9 + 0.1 * sinf(place.x * 60) : 1
    let light = illumination.diffuse(
      fragment.normal, visibility: fragment.visibility, openness: fragment.openness,
      wrap: Vector3(repeating: 0.12))
    return SIMD4(albedo * light * rib, coverage)
  }

  /// Necklines lie higher at the sides and the back.
  private func neckCurve(_ z: Float) -> Float {
    -0.16 * smoothstep(0.1, -0.5, z)
  }

  private func collar(
    _ ax: Float, _ y: Float, front z: Float, _ albedo: Vector3, open: Bool
  ) -> (Vector3, Float, Float) {
    // Two wings from the neck down to points beside the middle.
    let wingInner = -1.42 - 0.02 - (0.52 - ax) * 0.55
    let wingOuter = -1.42 - 0.30 + max(ax - 0.35, 0) * 0.75
    let wing =
      smoothstep(-edge, edge, wingInner - y) * smoothstep(-edge, edge, y - wingOuter)
      * smoothstep(0.72, 0.68, ax)
    var shade: Float = 1
    let shadow = smoothstep(0.09, 0, abs(wingOuter - y)) * smoothstep(0.0, 0.02, wingOuter - y)
    shade -= 0.35 * shadow * smoothstep(0.72, 0.6, ax)
    let opening = open ? 0.26 + (y + 1.5) * 0.55 : 0.015
    var bare = open ? smoothstep(edge, -edge, ax - opening) * (1 - wing) : 0
    if !open { shade -= 0.3 * smoothstep(0.03, 0.0, ax) }
    bare *= smoothstep(-0.2, 0, z)
    return (albedo * mix(1, 1.10, wing), shade, bare)
  }

  private func suit(
    _ ax: Float, _ x: Float, _ y: Float, _ albedo: Vector3
  ) -> (Vector3, Float, Float) {
    let opening = 0.44 + (y + 1.5) * 0.42
    let inside = smoothstep(edge, -edge, ax - opening)
    let lapel = smoothstep(edge, -edge, ax - opening - 0.26 - 0.2 * (y + 1.5))
    let tieHalf: Float = 0.075 - (y + 1.5) * 0.05
    let tie = smoothstep(edge, -edge, ax - max(tieHalf, 0.05)) * (clothes.depth < 0.7 ? 1 : 0)
    let stripe = 0.85 + 0.25 * sinf((x + y) * clothes.scale * 1.6)
    let shirt = mix(clothes.inner, clothes.accent * stripe, tie)
    var shade: Float = 1 - 0.35 * smoothstep(0.06, 0, abs(ax - opening - 0.02)) * (1 - inside)
    shade -= 0.20 * smoothstep(0.03, 0, abs(ax - opening - 0.26 - 0.2 * (y + 1.5)))
    return (mix(albedo * mix(1, 1.15, lapel), shirt, inside), shade, 0)
  }

  private func pattern(_ x: Float, _ y: Float) -> Vector3 {
    let frequency = clothes.scale
    // Patterns too fine for the samples average to their mean.
    let fine = smoothstep(0.9, 0.35, edge * frequency / 3)
    let weight: Float
    switch clothes.pattern {
    case .plain:
      return clothes.colour
    case .stripes:
      weight = smoothstep(-0.2, 0.2, sinf(y * frequency))
    case .checks:
      weight =
        0.5 * smoothstep(-0.2, 0.2, sinf(y * frequency))
        + 0.5 * smoothstep(-0.2, 0.2, sinf(x * frequency))
    case .dots:
      weight = smoothstep(0.45, 0.65, sinf(x * frequency) * sinf(y * frequency))
    }
    return mix(clothes.colour, clothes.accent, 0.35 + (weight - 0.35) * fine)
  }
}
