import Foundation

/// Where beard, moustache and stubble grow, in the head's own frame.
struct FacialHairTexture {
  private let hair: FaceTraits.FacialHair
  private let mouth: FaceTraits.Mouth
  private let noseBase: Float

  /// The facial hair of one person.
  init(_ traits: FaceTraits) {
    hair = traits.facialHair
    mouth = traits.mouth
    noseBase = -traits.nose.length
  }

  /// Whether the person has facial hair.
  var isPresent: Bool { hair.stubble > 0.01 || hair.beard > 0 || hair.moustache > 0 }

  /// The region of the beard, 0...1.
  func beardMask(_ x: Float, _ y: Float, _ z: Float) -> Float {
    guard y < 0.1 else { return 0 }
    let ax = abs(x)
    let rise = saturate((ax - 0.28) / 0.42)
    let line = mouth.height - 0.02 + hair.cheekLine * rise + 0.78 * rise * rise
    let cheek = smoothstep(line + 0.07, line - 0.06, y)
    // Beside the mouth the beard joins the moustache.
    let gap = smoothstep(mouth.halfWidth * 0.9, mouth.halfWidth + 0.06, ax)
    let below = smoothstep(mouth.height - 0.08, mouth.height - 0.15, y)
    return cheek * max(gap, below) * smoothstep(-0.10, 0.10, z)
  }

  /// The region of the moustache, 0...1.
  func moustacheMask(_ x: Float, _ y: Float) -> Float {
    let ax = abs(x)
    let across = ax / (mouth.halfWidth + 0.07)
    guard across < 1, y < noseBase + 0.05, y > mouth.height - 0.16 else { return 0 }
    let top = mix(noseBase - 0.035, mouth.height + 0.01, across * across)
    let bottom = mouth.height + mix(0.035, -0.10, across * across * across)
    return smoothstep(top + 0.03, top - 0.03, y) * smoothstep(bottom - 0.03, bottom + 0.02, y)
      * smoothstep(1, 0.85, across)
  }

  /// The fraction of the skin that facial hair hides, 0...1.
  func coverage(_ x: Float, _ y: Float, _ z: Float, noise: LatticeNoise) -> Float {
    guard y < 0.1 else { return 0 }
    let beard = beardMask(x, y, z)
    let lip = moustacheMask(x, y)
    let grain = 0.55 + 0.9 * noise.value(x * 34, y * 15)
    let dense = max(beard * hair.beard, lip * hair.moustache)
    let short = max(beard, lip) * hair.stubble * 0.75
    return min(max(dense * min(1, dense + 0.25 + 0.5 * grain * (1 - dense)), short * grain), 0.97)
  }

  /// The hair's colour at a point.
  func colour(_ x: Float, _ y: Float, noise: LatticeNoise) -> Vector3 {
    hair.colour * (0.65 + 0.7 * noise.layered(x * 22, y * 8))
  }
}
