import Foundation

extension FaceTraits {
  /// The traits of an invented person, drawn from one random sequence.
  init(from random: inout RandomTraits) {
    age = random.chance(0.07) ? random.uniform(5, 17) : 18 + 60 * powf(random.uniform(0, 1), 1.9)
    femininity = saturate(
      random.chance(0.5) ? random.normal(0.12, 0.12) : random.normal(0.88, 0.12))
    let child = smoothstep(17, 7, age)
    if child > 0 { femininity = mix(femininity, 0.6, 0.6 * child) }
    let melanin = Self.melanin(&random)
    pose = Pose(from: &random)
    light = Light(from: &random)
    skin = Skin(melanin: melanin, age: age, femininity: femininity, from: &random)
    head = Head(age: age, femininity: femininity, from: &random)
    mouth = Mouth(skin: skin, age: age, femininity: femininity, melanin: melanin, from: &random)
    nose = Nose(melanin: melanin, femininity: femininity, child: child, from: &random)
    let natural = HairStyle.naturalColour(melanin: melanin, age: age, from: &random)
    eyes = Eyes(
      melanin: melanin, femininity: femininity, child: child, smile: mouth.smile, pose: pose,
      from: &random)
    brows = Brows(hair: natural, age: age, femininity: femininity, from: &random)
    facialHair = FacialHair(
      hair: natural, age: age, femininity: femininity, from: &random)
    hair = HairStyle(
      natural: natural, melanin: melanin, age: age, femininity: femininity, from: &random)
    headwear = random.chance(0.10) ? Headwear(femininity: femininity, from: &random) : nil
    glasses = random.chance(age > 45 ? 0.27 : 0.15) ? Glasses(from: &random) : nil
    clothes = Clothes(femininity: femininity, from: &random)
    background = Background(from: &random)
    film = Film(from: &random)
    if let headwear, headwear.kind != .scarf {
      hair.isPressed = true
      hair.top = min(hair.top, 0.03)
      hair.quiff = 0
      hair.fringe = 0
      hair.knot = nil
      hair.coversEars = hair.coversEars && hair.curl < 0.95
    }
    head.chinLength *= 1 - 0.10 * child
  }

  /// The amount of pigment, 0 for the fairest and 1 for the darkest skin.
  private static func melanin(_ random: inout RandomTraits) -> Float {
    saturate(
      random.choice(
        (random.normal(0.13, 0.07), 0.5), (random.normal(0.34, 0.08), 0.25),
        (random.normal(0.56, 0.09), 0.14), (random.normal(0.80, 0.10), 0.15)))
  }
}

extension FaceTraits.Pose {
  init(from random: inout RandomTraits) {
    yaw = min(max(random.normal(0, 0.30), -0.75), 0.75)
    pitch = random.normal(0.02, 0.13)
    roll = random.normal(0, 0.09)
    frameWidth = random.normal(2.82, 0.13)
    offset = SIMD2(random.normal(0, 0.012), random.normal(0, 0.012))
    cameraDistance = random.uniform(6, 14)
  }
}

extension FaceTraits.Light {
  init(from random: inout RandomTraits) {
    let azimuth = random.choice(
      (random.normal(0, 0.35), 0.30), (random.normal(0.75, 0.3), 0.33),
      (random.normal(-0.75, 0.3), 0.33), (random.normal(0, 1.3), 0.06))
    let elevation = min(max(random.normal(0.55, 0.32), -0.25), 1.25)
    keyDirection = Vector3(
      sinf(azimuth) * cosf(elevation), sinf(elevation), cosf(azimuth) * cosf(elevation))
    let warmth = random.normal(-0.1, 0.7)
    let tint = Vector3(1 + 0.10 * warmth, 1, 1 - 0.14 * warmth)
    let hardness = random.uniform(0, 1)
    keyColour = tint * mix(0.70, 1.60, hardness)
    let ambient = mix(0.55, 0.15, hardness) * random.uniform(0.75, 1.25)
    let coolness = random.normal(0.2, 0.8)
    skyColour = Vector3(1 - 0.10 * coolness, 1, 1 + 0.14 * coolness) * ambient * 1.1
    let bounce = random.uniform(0.35, 0.85)
    groundColour = Vector3(1.08, 1, 0.88) * ambient * bounce
    let fillAzimuth = (azimuth < 0 ? 1 : -1) * random.uniform(0.6, 2.2)
    let fillElevation = random.uniform(-0.2, 0.6)
    fillDirection = Vector3(
      sinf(fillAzimuth) * cosf(fillElevation), sinf(fillElevation),
      cosf(fillAzimuth) * cosf(fillElevation))
    let fillHue = random.chance(0.12) ? random.uniform(0, 1) : 0.08
    fillColour =
      linearColour(hue: fillHue, saturation: random.uniform(0, 0.4), value: 1)
      * powf(random.uniform(0, 1), 1.6) * 0.6
    shadowSoftness = mix(0.30, 0.07, hardness)
  }
}

extension FaceTraits.Head {
  init(age: Float, femininity: Float, from random: inout RandomTraits) {
    let child = smoothstep(17, 6, age)
    let weight = random.normal(0, 1)
    let old = smoothstep(45, 80, age)
    width = random.normal(1.045, 0.04) + 0.03 * child
    cheekWidth = random.normal(1.0, 0.03) + 0.025 * weight
    jawWidth = random.normal(1.02, 0.05) - 0.11 * femininity + 0.06 * weight - 0.03 * child
    chinWidth = random.normal(1.0, 0.09) - 0.12 * femininity + 0.05 * weight
    chinLength = random.normal(1.0, 0.05) - 0.035 * femininity
    crownHeight = random.normal(1.0, 0.035) + 0.02 * child
    squareness = saturate(random.normal(0.5, 0.25) - 0.25 * femininity)
    browRidge = max(0, random.normal(0.06, 0.025)) * (1 - 0.75 * femininity) * (1 - child)
    cheekbones = random.normal(0.06, 0.025) - 0.02 * child
    cheekFullness = random.normal(0.0, 0.03) + 0.035 * weight + 0.05 * child - 0.03 * old
    chinBump = random.normal(0.06, 0.025)
    neckWidth = random.normal(0.86, 0.05) - 0.17 * femininity + 0.07 * weight - 0.12 * child
    earSize = random.normal(1, 0.10) + 0.10 * old
    earAngle = random.uniform(0.25, 0.8)
  }
}

extension FaceTraits.Nose {
  init(
    melanin: Float, femininity: Float, child: Float, from random: inout RandomTraits
  ) {
    let size = random.normal(1, 0.10) - 0.07 * femininity - 0.20 * child
    length = random.normal(0.50, 0.035) - 0.02 * femininity - 0.05 * child
    width = (random.normal(1.0, 0.12) + 0.22 * melanin) * (1 - 0.08 * femininity)
    bridge = size * (random.normal(0.125, 0.03) - 0.03 * melanin)
    tip = size * random.normal(0.285, 0.03)
    hook = random.normal(0, 0.018)
    tilt = random.normal(0, 0.03) + 0.012 * femininity
  }
}

extension FaceTraits.Brows {
  init(hair: Vector3, age: Float, femininity: Float, from random: inout RandomTraits) {
    height = random.normal(0.205, 0.025) + 0.012 * femininity
    thickness = max(0.018, random.normal(0.052, 0.012) - 0.018 * femininity)
    arch = random.normal(0.035, 0.015) + 0.015 * femininity
    slant = random.normal(0, 0.02)
    colour = mix(hair, linearColour(0.20, 0.14, 0.11), 0.45) * 0.8
    density = saturate(random.normal(0.78, 0.13)) * (1 - 0.25 * smoothstep(55, 80, age))
  }
}

extension FaceTraits.FacialHair {
  init(hair: Vector3, age: Float, femininity: Float, from random: inout RandomTraits) {
    stubble = 0
    moustache = 0
    beard = 0
    length = 0
    colour = hair * 0.85
    cheekLine = random.normal(0, 0.05)
    guard femininity < 0.5 && age > 17 else { return }
    stubble = max(0, random.normal(0.12, 0.16))
    let kind = random.uniform(0, 1)
    if kind < 0.20 {
      beard = random.uniform(0.65, 1)
      moustache = random.uniform(0.6, 1)
      length = random.chance(0.35) ? random.uniform(0.06, 0.22) : random.uniform(0.01, 0.06)
    } else if kind < 0.30 {
      moustache = random.uniform(0.6, 1)
    } else if kind < 0.45 {
      stubble = random.uniform(0.3, 0.6)
      moustache = random.uniform(0.1, 0.35)
      beard = random.uniform(0.1, 0.3)
    }
  }
}
