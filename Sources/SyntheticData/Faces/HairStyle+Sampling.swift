import Foundation

extension HairStyle {
  /// The cuts that are drawn, before their continuous variation.
  private enum Cut {
    case bald
    case horseshoe
    case buzz
    case short
    case receding
    case quiff
    case fringe
    case bob
    case longStraight
    case longWavy
    case curly
    case afro
    case tied
  }

  /// A natural hair colour, greying with age.
  static func naturalColour(
    melanin: Float, age: Float, from random: inout RandomTraits
  ) -> Vector3 {
    let fair = 1 - smoothstep(0.1, 0.5, melanin)
    let colour = random.choice(
      (linearColour(0.10, 0.085, 0.08), 0.45 + 3 * melanin),
      (linearColour(0.20, 0.14, 0.105), 0.7 + 0.6 * melanin),
      (linearColour(0.34, 0.235, 0.16), 0.65 * fair + 0.05),
      (linearColour(0.52, 0.38, 0.24), 0.45 * fair), (linearColour(0.76, 0.62, 0.42), 0.4 * fair),
      (linearColour(0.52, 0.25, 0.13), 0.18 * fair))
    let grey = smoothstep(40, 80, age + random.normal(0, 9))
    let silver = linearColour(0.72, 0.71, 0.70) * random.uniform(0.75, 1.1)
    return mix(colour * random.uniform(0.75, 1.35), silver, grey * random.uniform(0.75, 1))
  }

  /// A style and its continuous variation.
  init(
    natural: Vector3, melanin: Float, age: Float, femininity: Float,
    from random: inout RandomTraits
  ) {
    let man: Float = femininity < 0.5 ? 1 : 0
    let woman = 1 - man
    let old = smoothstep(30, 65, age)
    let dark = smoothstep(0.55, 0.8, melanin)
    let cut = random.choice(
      (Cut.bald, man * (0.05 + 0.10 * old + 0.12 * dark)), (.horseshoe, man * 0.15 * old),
      (.buzz, man * (0.12 + 0.3 * dark) + woman * 0.01), (.short, man * 0.42 + woman * 0.06),
      (.receding, man * 0.30 * old), (.quiff, man * 0.28 * (1 - dark)),
      (.fringe, man * 0.08 + woman * 0.08), (.bob, woman * 0.20),
      (.longStraight, woman * 0.26 + man * 0.035), (.longWavy, woman * 0.28 + man * 0.02),
      (.curly, woman * (0.10 + 0.1 * dark) + man * 0.06), (.afro, (0.12 + 0.1 * woman) * dark),
      (.tied, woman * (0.22 + 0.1 * dark)))
    self.init(
      top: random.uniform(0.09, 0.20), sides: random.uniform(0.04, 0.11), back: 0.10, quiff: 0,
      frontLine: random.normal(0.93, 0.05), recession: random.uniform(0, 0.10) * (0.4 + man),
      fringe: 0, sweep: random.normal(0, 0.10), part: random.normal(0, 0.35), partOpening: 0,
      coversEars: false, sideEnd: random.normal(1.80, 0.07), backEnd: 2.35,
      opening: random.normal(0.94, 0.10), flare: random.normal(0.10, 0.12), hang: 0,
      waveAmplitude: random.uniform(0, 0.02), waveFrequency: random.uniform(5, 11), curl: 0,
      bald: 0, opacity: 1, colour: natural, tips: natural * random.uniform(0.9, 1.25),
      gloss: random.uniform(0.3, 1), jaggedness: random.uniform(0.02, 0.08), noise: random.noise(),
      knot: nil)
    if woman > 0 && random.chance(0.3) { tips = mix(natural, linearColour(0.72, 0.55, 0.36), 0.6) }
    if random.chance(0.025) {
      colour = linearColour(hue: random.uniform(0, 1), saturation: 0.65, value: 0.6)
      tips = colour * 1.3
    }
    shape(cut, woman: woman > 0, from: &random)
  }

  private mutating func shape(_ cut: Cut, woman: Bool, from random: inout RandomTraits) {
    switch cut {
    case .bald:
      opacity = random.chance(0.5) ? 0 : random.uniform(0.08, 0.3)
      (top, sides, back, quiff) = (0.008, 0.008, 0.008, 0)
    case .horseshoe:
      bald = random.uniform(1.05, 1.3)
      (top, sides, back) = (0.03, random.uniform(0.04, 0.10), 0.08)
      recession = 0.2
    case .buzz:
      (top, sides, back) = (0.03, 0.015, 0.02)
      opacity = random.uniform(0.65, 0.95)
      gloss = 0.15
    case .short:
      quiff = random.uniform(0, 0.06)
      partOpening = random.uniform(0, 0.10)
    case .receding:
      frontLine = random.uniform(0.62, 0.86)
      recession = random.uniform(0.12, 0.35)
      opacity = random.uniform(0.7, 1)
    case .quiff:
      quiff = random.uniform(0.06, 0.20)
      top = random.uniform(0.12, 0.24)
      sweep = random.normal(0, 0.2)
    case .fringe:
      fringe = random.uniform(1.25, 1.50)
      sweep = random.normal(0, 0.14)
      sides = random.uniform(0.07, 0.14)
      if woman { hangLong(to: random.uniform(2.2, 3.2), from: &random) }
    case .bob:
      hangLong(to: random.uniform(2.35, 2.95), from: &random)
      if random.chance(0.4) { fringe = random.uniform(1.30, 1.52) }
    case .longStraight:
      hangLong(to: random.uniform(3.2, 4.4), from: &random)
      if random.chance(0.25) { fringe = random.uniform(1.30, 1.50) }
      waveAmplitude = random.uniform(0, 0.02)
    case .longWavy:
      hangLong(to: random.uniform(3.0, 4.4), from: &random)
      waveAmplitude = random.uniform(0.04, 0.10)
      sides += 0.04
      curl = random.uniform(0, 0.25)
    case .curly:
      (top, sides) = (random.uniform(0.18, 0.32), random.uniform(0.14, 0.3))
      curl = random.uniform(0.5, 0.9)
      if woman { hangLong(to: random.uniform(2.4, 3.6), from: &random) }
      flare = random.uniform(0.1, 0.3)
      gloss *= 0.5
    case .afro:
      let size = random.uniform(0.18, 0.55)
      (top, sides, back) = (size, size * 0.9, size)
      coversEars = size > 0.3
      sideEnd = 1.9 + 0.6 * size
      backEnd = sideEnd
      opening = 1.15
      curl = 1
      gloss = 0.1
    case .tied:
      (top, sides, back) = (random.uniform(0.05, 0.11), random.uniform(0.03, 0.06), 0.06)
      partOpening = random.uniform(0, 0.05)
      if random.chance(0.6) {
        let size = random.uniform(0.24, 0.42)
        knot = Knot(
          centre: Vector3(random.normal(0, 0.05), random.uniform(0.75, 1.30), -0.75),
          radii: Vector3(size * 1.1, size, size))
      } else {
        let side: Float = random.chance(0.5) ? 1 : -1
        knot = Knot(
          centre: Vector3(side * random.uniform(0.2, 0.75), -0.9, -0.85),
          radii: Vector3(random.uniform(0.2, 0.32), 1.1, 0.25))
      }
    }
  }

  private mutating func hangLong(to end: Float, from random: inout RandomTraits) {
    coversEars = true
    sideEnd = end
    backEnd = end + random.uniform(-0.05, 0.25)
    hang = random.uniform(0.75, 1)
    top = random.uniform(0.10, 0.22)
    sides = random.uniform(0.10, 0.26)
    back = 0.16
    partOpening = random.uniform(0.05, 0.28)
    recession = 0.02
    jaggedness = random.uniform(0.05, 0.2)
  }
}
