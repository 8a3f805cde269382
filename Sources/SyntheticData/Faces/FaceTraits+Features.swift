import Foundation

extension FaceTraits.Skin {
  /// Display colours of skin from the fairest to the darkest.
  private static let tones: [(Float, Float, Float)] = [
    (0.905, 0.745, 0.665), (0.875, 0.685, 0.585), (0.825, 0.615, 0.495), (0.730, 0.520, 0.400),
    (0.600, 0.415, 0.310), (0.445, 0.300, 0.225), (0.310, 0.205, 0.160),
  ]

  init(melanin: Float, age: Float, femininity: Float, from random: inout RandomTraits) {
    let position = melanin * Float(Self.tones.count - 1)
    let lower = min(Int(position), Self.tones.count - 2)
    let (a, b) = (Self.tones[lower], Self.tones[lower + 1])
    let weight = position - Float(lower)
    let undertone = random.normal(0, 1)
    let ruddy = random.normal(0, 1)
    albedo = linearColour(
      mix(a.0, b.0, weight) + 0.008 * ruddy,
      mix(a.1, b.1, weight) + 0.010 * undertone - 0.010 * ruddy,
      mix(a.2, b.2, weight) - 0.014 * undertone - 0.008 * ruddy)
    redness = saturate(random.normal(0.42, 0.2)) * (1 - 0.6 * melanin)
    gloss = saturate(random.normal(0.38, 0.18) + 0.12 * melanin)
    freckles =
      random.chance(0.14) ? random.uniform(0.2, 1) * smoothstep(0.6, 0.2, melanin) : 0
    eyeShadows = saturate(random.normal(0.3, 0.15) + 0.25 * smoothstep(35, 75, age))
    wrinkles = saturate(smoothstep(32, 78, age) * random.uniform(0.6, 1.2))
    mottling = random.noise()
  }
}

extension FaceTraits.Eyes {
  init(
    melanin: Float, femininity: Float, child: Float, smile: Float, pose: FaceTraits.Pose,
    from random: inout RandomTraits
  ) {
    spacing = random.normal(0.325, 0.013)
    height = 0
    halfWidth = random.normal(0.166, 0.009) + 0.016 * femininity + 0.008 * child
    let wide = random.normal(1, 0.14) - 0.16 * max(smile, 0) + 0.12 * child + 0.10 * femininity
    upperOpening = random.chance(0.02) ? -0.02 : 0.077 * max(wide, 0.35)
    lowerOpening = upperOpening < 0 ? 0.02 : 0.046 * max(wide, 0.4)
    tilt = random.normal(0.07, 0.06)
    crease = max(0.012, random.normal(0.045, 0.016))
    iris = random.choice(
      (linearColour(0.36, 0.22, 0.13), 0.35 + melanin),
      (linearColour(0.22, 0.13, 0.09), 0.25 + 2 * melanin),
      (linearColour(0.45, 0.56, 0.66), 0.35 * (1 - melanin)),
      (linearColour(0.32, 0.48, 0.66), 0.2 * (1 - melanin)),
      (linearColour(0.42, 0.47, 0.30), 0.25 * (1 - melanin)),
      (linearColour(0.52, 0.38, 0.20), 0.25))
    iris *= random.uniform(0.8, 1.2)
    irisRadius = random.normal(0.070, 0.003) + 0.004 * child
    let looksAtCamera: Float = random.chance(0.8) ? 0.85 : random.uniform(-0.2, 0.5)
    gaze = SIMD2(
      -pose.yaw * 0.12 * looksAtCamera + random.normal(0, 0.012),
      pose.pitch * 0.08 * looksAtCamera + random.normal(0, 0.006))
    let madeUp = femininity > 0.5 && child < 0.5
    lashes = mix(0.25, 0.6, femininity) + (madeUp ? random.uniform(0, 0.4) : 0)
    shadow = madeUp && random.chance(0.4) ? random.uniform(0.15, 0.6) : 0
    shadowColour = random.choice(
      (linearColour(0.35, 0.25, 0.22), 3), (linearColour(0.30, 0.30, 0.40), 1),
      (linearColour(0.45, 0.30, 0.40), 1), (linearColour(0.15, 0.13, 0.13), 1.5))
    depth = random.normal(0.13, 0.03) * (1 - 0.2 * femininity)
  }
}

extension FaceTraits.Mouth {
  init(
    skin: FaceTraits.Skin, age: Float, femininity: Float, melanin: Float,
    from random: inout RandomTraits
  ) {
    let child = smoothstep(17, 7, age)
    height = -0.725 + random.normal(0, 0.02) + 0.05 * child
    let expression = random.uniform(0, 1)
    if expression < 0.30 {
      smile = random.normal(0.05, 0.12)
      opening = random.chance(0.2) ? random.uniform(0.01, 0.045) : 0
      teeth = 0.4
    } else if expression < 0.52 {
      smile = random.uniform(0.2, 0.75)
      opening = 0
      teeth = 1
    } else if expression < 0.90 {
      smile = random.uniform(0.45, 1.1)
      opening = random.uniform(0.045, 0.105) * (0.55 + 0.45 * smile)
      teeth = 1
    } else if expression < 0.96 {
      smile = random.uniform(-0.8, -0.3)
      opening = 0
      teeth = 0
    } else {
      smile = random.uniform(-0.1, 0.3)
      opening = random.uniform(0.08, 0.22)
      teeth = 0.5
    }
    curve = 0.085 * smile
    halfWidth =
      random.normal(0.268, 0.017) + 0.058 * max(smile, 0) - 0.02 * child
      - 0.012 * femininity
    let fullness =
      random.normal(1, 0.18) + 0.22 * femininity + 0.30 * melanin
      - 0.30 * smoothstep(40, 80, age)
    let stretch = 1 - 0.25 * max(smile, 0)
    upperLip = max(0.03, 0.078 * fullness * stretch)
    lowerLip = max(0.035, 0.106 * fullness * stretch)
    let natural = skin.albedo * Vector3(0.78, 0.50, 0.52)
    if femininity > 0.5 && age > 16 && random.chance(0.55) {
      let lipstick = linearColour(
        hue: random.uniform(0.93, 1.02).truncatingRemainder(dividingBy: 1),
        saturation: random.uniform(0.35, 0.8), value: random.uniform(0.5, 0.85))
      lipColour = mix(natural, lipstick * (0.4 + luminance(skin.albedo)), random.uniform(0.3, 0.9))
    } else {
      lipColour = mix(skin.albedo, natural, random.uniform(0.45, 0.95))
    }
    skew = random.normal(0, 0.01)
  }
}
