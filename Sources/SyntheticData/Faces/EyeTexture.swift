import Foundation

/// The eyes in the opening between the lids, and the lids' shades on the skin around.
struct EyeTexture {
  private let eyes: FaceTraits.Eyes
  private let skin: Vector3
  private let rotation: Rotation
  private let highlight: SIMD2<Float>
  private let sampleWidth: Float
  private let tiltSine: Float
  private let lidDarkness: Float

  /// The texture at a point.
  struct Place {
    /// The fraction of eye rather than skin, 0...1.
    var coverage: Float
    var albedo: Vector3
    var normal: Vector3
    /// Light added by reflections of the lights in the wet surface.
    var glint: Float
    var shade: Float
    /// Factor of the skin's colour beside the eye.
    var skinFactor: Vector3
    /// The fraction that lashes cover, 0...1.
    var lashes: Float
  }

  /// The eyes of one person under the given light.
  ///
  /// - Parameter sampleWidth: width of a sample in decimetres, for edges without stairs.
  init(_ traits: FaceTraits, rotation: Rotation, sampleWidth: Float) {
    eyes = traits.eyes
    skin = traits.skin.albedo
    self.rotation = rotation
    self.sampleWidth = sampleWidth
    let light = rotation.invert(traits.light.keyDirection + Vector3(0, 0, 1.2))
    highlight = SIMD2(light.x, max(light.y, 0.1)) * 0.026
    tiltSine = eyes.tilt
    lidDarkness = traits.skin.eyeShadows
  }

  /// The reach of the texture around an eye's centre.
  static let reach = SIMD2<Float>(0.30, 0.26)

  /// The texture at a place relative to an eye's centre, x growing away from the nose.
  func evaluate(_ x: Float, _ y: Float, side: Float) -> Place {
    let ex = x
    let ey = y - tiltSine * x
    let u = ex / eyes.halfWidth
    let arch = max(1 - u * u, 0)
    // The upper lid peaks towards the nose, the lower one away from it.
    let upper = eyes.upperOpening * arch.squareRoot() * (0.55 + 0.45 * arch) * (1 - 0.13 * u)
    let lower = -eyes.lowerOpening * arch * (1 + 0.2 * u)
    let width = max(sampleWidth * 1.2, 0.012)
    let toUpper = upper - ey
    let toLower = ey - lower
    let inside = min(toUpper, toLower)
    let coverage =
      abs(u) < 1 ? smoothstep(-width * 0.5, width * 0.6, inside) * min(1, arch * 6) : 0
    var place = Place(
      coverage: coverage, albedo: .zero, normal: Vector3(0, 0, 1), glint: 0, shade: 1,
      skinFactor: Vector3(repeating: 1), lashes: 0)
    if coverage > 0 { ball(ex, ey, side: side, toUpper: toUpper, u: u, into: &place) }
    surround(ex, ey, u: u, upper: upper, lower: lower, into: &place)
    return place
  }

  private func ball(
    _ ex: Float, _ ey: Float, side: Float, toUpper: Float, u: Float, into place: inout Place
  ) {
    let white = mix(
      Vector3(0.58, 0.55, 0.53), Vector3(0.52, 0.36, 0.32), smoothstep(0.55, 1.1, abs(u)))
    let gaze = SIMD2(eyes.gaze.x * side, eyes.gaze.y + 0.012)
    let from = SIMD2(ex, ey) - gaze
    let distance = (from * from).sum().squareRoot()
    let edge = max(sampleWidth * 0.6, 0.007)
    let iris = smoothstep(eyes.irisRadius + edge, eyes.irisRadius - edge, distance)
    let pupilRadius = eyes.irisRadius * 0.42
    let pupil = smoothstep(pupilRadius + edge, pupilRadius - edge, distance)
    let ring = smoothstep(0.65, 1, distance / eyes.irisRadius)
    // Light that enters from above brightens the lower half of the iris.
    let bowl = 1 - 6 * from.y
    var irisColour = eyes.iris * (bowl * mix(1.15, 0.4, ring))
    irisColour = mix(irisColour, Vector3(repeating: 0.006), pupil)
    place.albedo = mix(white, irisColour, iris)
    let radius: Float = 0.21
    let nx = ex / radius
    let ny = ey / radius
    place.normal = normalized(
      Vector3(nx * side, ny, max(1 - nx * nx - ny * ny, 0.1).squareRoot()))
    // The upper lid and its lashes shade the eye.
    place.shade = 0.42 + 0.58 * smoothstep(-0.005, 0.055, toUpper)
    let glintAt = from - SIMD2(highlight.x * side, highlight.y)
    let glintRadius = max(0.017, sampleWidth * 0.75)
    place.glint =
      bell((glintAt * glintAt).sum() / (glintRadius * glintRadius * 2.2))
      * min(1, 0.00055 / (glintRadius * glintRadius) + 0.25) * iris
  }

  private func surround(
    _ ex: Float, _ ey: Float, u: Float, upper: Float, lower: Float, into place: inout Place
  ) {
    let ends = smoothstep(1.35, 0.9, abs(u))
    let aboveLid = ey - upper
    let width = max(0.016, sampleWidth * 0.7)
    let line = aboveLid - 0.004
    place.lashes =
      bell(line * line / (width * width * 2.4)) * eyes.lashes * smoothstep(1.25, 0.85, abs(u))
      * (0.75 + 0.25 * u)
    let rim = ey - lower
    let lowerLine =
      bell(rim * rim / (width * width * 2)) * eyes.lashes * 0.35
      * smoothstep(1.2, 0.8, abs(u)) * smoothstep(-0.6, 0.8, u)
    place.lashes = max(place.lashes, lowerLine)
    let crease = aboveLid - eyes.crease
    let creaseShade = bell(crease * crease / 0.0011) * ends * 0.42
    let lid =
      smoothstep(-0.01, 0.01, aboveLid) * smoothstep(eyes.crease + 0.05, eyes.crease, aboveLid)
    var factor = Vector3(repeating: 1 - creaseShade)
    let below = ey - lower + 0.055
    let bag = bell(ex / 0.24 * ex / 0.24 + below * below / 0.012) * lidDarkness * 0.40
    factor *= Vector3(1 - bag * 0.75, 1 - bag, 1 - bag * 0.95)
    let pink = bell(rim * rim / 0.0016) * ends * 0.16
    factor *= Vector3(1 - 0.3 * pink, 1 - pink, 1 - pink)
    if eyes.shadow > 0 {
      let paint =
        eyes.shadow * (lid + 0.4 * smoothstep(0.16, 0.02, aboveLid)) * ends
        * smoothstep(-0.01, 0.01, aboveLid) * 0.7
      let tint = eyes.shadowColour / max(luminance(eyes.shadowColour), 0.02)
      factor *= mix(Vector3(repeating: 1), tint * 0.40, min(paint, 0.85))
    }
    place.skinFactor = factor
  }
}
