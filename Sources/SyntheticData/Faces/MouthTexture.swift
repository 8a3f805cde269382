import Foundation

/// Lips, teeth and the mouth between them.
struct MouthTexture {
  private let mouth: FaceTraits.Mouth
  private let sampleWidth: Float

  /// The texture at a point.
  struct Place {
    /// The fraction of lip, 0...1.
    var lip: Float
    /// Factor of the lip's colour.
    var lipFactor: Float
    /// The fraction of opening between the lips, 0...1.
    var opening: Float
    var inner: Vector3
    /// Factor of the light on the lips and the skin nearby, which makes the dark line between the
    /// lips.
    var shade: Float
  }

  /// The mouth of one person.
  ///
  /// - Parameter sampleWidth: width of a sample in decimetres, for edges without stairs.
  init(_ traits: FaceTraits, sampleWidth: Float) {
    mouth = traits.mouth
    self.sampleWidth = sampleWidth
  }

  /// The texture at a point of the face; nil outside the mouth's reach.
  func evaluate(_ x: Float, _ y: Float) -> Place? {
    let u = (x - mouth.skew) / mouth.halfWidth
    guard abs(u) < 1.3, abs(y - mouth.height) < 0.36 else { return nil }
    let squared = u * u
    let arch = max(1 - squared, 0)
    let line =
      mouth.height + mouth.curve * (squared - 0.45) + mouth.skew * u
      - 0.008 * bell(squared / 0.16) + 0.006 * bell((abs(u) - 0.4) * (abs(u) - 0.4) / 0.1)
    let gap = mouth.opening * arch * (0.4 + 0.6 * arch.squareRoot())
    let gapTop = line + 0.32 * gap
    let gapBottom = line - 0.68 * gap
    // A bow above, a fuller curve below.
    let bow = 1 - 0.20 * bell(squared / 0.035)
    let upperEdge = gapTop + mouth.upperLip * arch * bow * (0.7 + 0.3 * arch)
    let lowerEdge = gapBottom - mouth.lowerLip * arch.squareRoot() * (0.25 + 0.75 * arch)
    let soft = max(sampleWidth * 0.9, 0.016)
    let within = smoothstep(1.02, 0.93, abs(u))
    let lip =
      smoothstep(-soft, soft, upperEdge - y) * smoothstep(-soft, soft, y - lowerEdge) * within
    let edge = max(sampleWidth * 0.6, 0.008)
    let opening =
      gap > 0.002
      ? smoothstep(-edge, edge, gapTop - y) * smoothstep(-edge, edge, y - gapBottom)
        * smoothstep(0.99, 0.9, abs(u)) : 0
    let isUpper = smoothstep(-0.01, 0.01, y - line)
    // The upper lip faces down and is darker. The lower one catches the light.
    let lipFactor =
      mix(1.12, 0.80, isUpper) - 0.12 * bell((y - lowerEdge) * (y - lowerEdge) / 0.0012)
    let reach = smoothstep(1.16, 0.85, abs(u))
    let width = max(0.019, sampleWidth * 0.75)
    let seamTop = y - gapTop
    let seam = bell(seamTop * seamTop / (width * width * 2.2)) * 0.66 * reach
    let cornerX = abs(u) - 1.02
    let cornerY = y - line
    let corner = bell(cornerX * cornerX / 0.02 + cornerY * cornerY / 0.0022) * 0.38
    var place = Place(
      lip: lip, lipFactor: lipFactor, opening: opening, inner: .zero,
      shade: 1 - max(seam, corner))
    if opening > 0 { place.inner = inner(u, y, top: gapTop, bottom: gapBottom) }
    return place
  }

  private func inner(_ u: Float, _ y: Float, top: Float, bottom: Float) -> Vector3 {
    let dark = Vector3(0.045, 0.014, 0.012)
    let tongue = Vector3(0.20, 0.055, 0.05)
    let height = max(top - bottom, 0.001)
    let down = (top - y) / height
    var colour = mix(dark, tongue, 0.7 * smoothstep(0.55, 1, down) * smoothstep(0.10, 0.2, height))
    guard mouth.teeth > 0 else { return colour }
    // The upper teeth have a fixed length. A narrow opening shows nothing else.
    let length: Float = 0.092 * (0.4 + 0.6 * mouth.teeth)
    let white = Vector3(0.70, 0.66, 0.58) * (1 - 0.55 * u * u)
    let across = u * mouth.halfWidth / 0.058
    let nearest = abs(across - across.rounded(.down) - 0.5)
    let groove = 1 - 0.22 * smoothstep(0.36, 0.5, nearest) * smoothstep(0.03, 0.012, sampleWidth)
    let edge = max(sampleWidth * 0.6, 0.008)
    let shown = smoothstep(length + edge, length - edge, top - y)
    let underLip = 0.55 + 0.45 * smoothstep(0, 0.03, top - y)
    colour = mix(colour, white * groove * underLip, shown * smoothstep(0.98, 0.75, abs(u)))
    return colour
  }
}
