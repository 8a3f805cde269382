/// The relief of the face over the head's profile: nose, brows, eye sockets, cheeks, lips, chin.
struct FaceRelief {
  private let traits: FaceTraits
  private let noseBase: Float
  private let noseTop: Float = 0.10
  private let fold: Float

  /// The relief of one person's face.
  init(_ traits: FaceTraits) {
    self.traits = traits
    noseBase = -traits.nose.length
    fold = 0.012 + 0.022 * traits.skin.wrinkles + 0.022 * max(traits.mouth.smile, 0)
  }

  /// How far the face stands out towards the front at a point, and how open to light it is there.
  func evaluate(_ x: Float, _ y: Float) -> (height: Float, openness: Float) {
    guard y < 0.62 else { return (0, 1) }
    let ax = abs(x)
    let head = traits.head
    let mouth = traits.mouth
    let smile = max(mouth.smile, 0)
    var height: Float = 0
    var openness: Float = 1
    // Brow, eye socket and the ball of the eye under its lids.
    let eye = traits.eyes
    height += (0.025 + head.browRidge) * bell(ax - 0.27, y - 0.20, 0.42, 0.17)
    height += 0.012 * bell(ax, y - 0.17, 0.2, 0.2)
    let socket = bell(ax - eye.spacing * 0.92, y - 0.01, 0.31, 0.23)
    height -= eye.depth * socket
    let corner = bell(ax - 0.17, y - 0.04, 0.16, 0.18)
    height -= 0.035 * corner
    openness -= 0.30 * socket + 0.22 * corner
    height += 0.085 * bell(ax - eye.spacing, y, 0.20, 0.135)
    height += 0.012 * traits.skin.eyeShadows * bell(ax - eye.spacing, y + 0.16, 0.2, 0.07)
    // Cheeks, which a smile lifts.
    height += max(head.cheekbones, 0) * bell(ax - 0.47, y + 0.25, 0.33, 0.26)
    height += 0.055 * smile * bell(ax - 0.40, y + 0.38, 0.26, 0.22)
    height += head.cheekFullness * bell(ax - 0.42, y + 0.62, 0.34, 0.40)
    // The muzzle, the lips and the chin.
    height += 0.05 * bell(ax, y + 0.70, 0.42, 0.34)
    let line = mouth.height
    height += 0.05 * bell(ax, y - line - 0.045, mouth.halfWidth * 1.15, 0.085)
    height += 0.055 * bell(ax, y - line + 0.055, mouth.halfWidth * 1.0, 0.085)
    height -= 0.03 * bell(ax, y - line, mouth.halfWidth * 1.1, 0.045)
    height -= 0.018 * bell(ax, y + 0.58, 0.055, 0.11)
    let underLip = bell(ax, y - line + 0.185, 0.26, 0.075)
    height -= 0.045 * underLip
    openness -= 0.22 * underLip
    height += max(head.chinBump, 0) * bell(ax, y + 1.02 * head.chinLength, 0.25, 0.17)
    let corners = bell(ax - mouth.halfWidth - 0.035, y - line - mouth.curve, 0.075, 0.075)
    height -= 0.03 * corners
    openness -= 0.18 * corners
    let groove = foldDepth(ax, y)
    height -= fold * groove
    openness -= (0.5 * fold / 0.05) * 0.5 * groove
    addNose(ax, x, y, &height, &openness)
    return (height, max(openness, 0.25))
  }

  /// The fold from the wing of the nose to beside the mouth, 0...1.
  private func foldDepth(_ ax: Float, _ y: Float) -> Float {
    let start = SIMD2<Float>(0.17, noseBase + 0.07)
    let end = SIMD2<Float>(traits.mouth.halfWidth + 0.09, traits.mouth.height - 0.03)
    let along = end - start
    let relative = SIMD2(ax, y) - start
    let t = saturate((relative * along).sum() / (along * along).sum())
    let bulge = SIMD2<Float>(0.035, 0.02) * (4 * t * (1 - t))
    let rest = relative - along * t - bulge
    return bell((rest * rest).sum() / 0.0049) * smoothstep(1.02, 0.75, t)
  }

  @inline(__always)
  private func addNose(
    _ ax: Float, _ x: Float, _ y: Float, _ height: inout Float, _ openness: inout Float
  ) {
    guard ax < 0.46, y < noseTop + 0.14, y > noseBase - 0.14 else { return }
    let nose = traits.nose
    let t = (noseTop - y) / (noseTop - noseBase)
    let clamped = saturate(t)
    let ridge =
      (nose.bridge + (nose.tip - nose.bridge) * clamped * (0.35 + 0.65 * clamped)
        + nose.hook * bell((t - 0.42) * (t - 0.42) / 0.12))
      * smoothstep(-0.35, 0.22, t) * (1 - smoothstep(0.86 + nose.tilt, 1.06 + nose.tilt, t))
    let half = mix(0.15, 0.205 * nose.width, clamped * clamped)
    height += ridge * (1 - smoothstep(0.12, 1.12, ax / half))
    height += 0.05 * bell(ax, y - noseBase - 0.10, 0.13 * nose.width, 0.115)
    let wing = SIMD2(ax - 0.128 * nose.width, y - noseBase - 0.068)
    height += 0.10 * bell(wing.x, wing.y, 0.105, 0.095)
    let crease = bell(ax - 0.235 * nose.width, y - noseBase - 0.06, 0.075, 0.13)
    height -= 0.018 * crease
    openness -= 0.15 * crease
    openness -= 0.30 * bell(ax, y - noseBase + 0.04, 0.20 * nose.width, 0.08)
    openness -= 0.06 * bell(ax - 0.2, y - noseBase - 0.22, 0.12, 0.28)
  }
}
