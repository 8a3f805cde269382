import Foundation

extension Headwear {
  /// Headwear of some kind, in cloth colours.
  init(femininity: Float, from random: inout RandomTraits) {
    kind = random.choice(
      (.beanie, 1), (.cap, 1.2 - femininity), (.brimmed, 0.8), (.scarf, 1.6 * femininity))
    colour = Clothes.colour(from: &random)
    accent = Clothes.colour(from: &random)
    height = random.uniform(0.08, 0.24)
    brim = random.uniform(0.28, 0.55)
    tilt = random.normal(0.02, 0.08)
  }
}

extension Glasses {
  /// Spectacles, sometimes dark ones.
  init(from random: inout RandomTraits) {
    roundness = random.uniform(0, 1)
    halfWidth = random.uniform(0.235, 0.285)
    halfHeight = mix(random.uniform(0.14, 0.19), halfWidth * 0.9, roundness * roundness)
    thickness = random.chance(0.4) ? random.uniform(0.012, 0.02) : random.uniform(0.025, 0.05)
    colour = random.choice(
      (linearColour(0.08, 0.08, 0.09), 5), (linearColour(0.30, 0.18, 0.10), 2),
      (linearColour(0.62, 0.52, 0.32), 1), (linearColour(0.60, 0.60, 0.62), 1.2),
      (linearColour(hue: random.uniform(0, 1), saturation: 0.6, value: 0.5), 0.8))
    tint = random.chance(0.24) ? random.uniform(0.7, 0.97) : random.uniform(0, 0.10)
    tintColour = random.choice(
      (linearColour(0.12, 0.12, 0.13), 4), (linearColour(0.22, 0.15, 0.10), 2),
      (linearColour(0.12, 0.18, 0.26), 1))
    slope = random.normal(0.02, 0.05)
    reflection = random.uniform(0, 1)
    drop = random.normal(0.03, 0.015)
  }
}

extension Clothes {
  /// A colour of clothes: often dark, grey or blue, rarely bright.
  static func colour(from random: inout RandomTraits) -> Vector3 {
    random.choice(
      (linearColour(0.12, 0.12, 0.14), 3), (linearColour(0.90, 0.89, 0.87), 2.5),
      (linearColour(0.42, 0.43, 0.45), 1.5), (linearColour(0.14, 0.19, 0.32), 2.2),
      (
        linearColour(
          hue: random.uniform(0, 1), saturation: random.uniform(0.3, 0.8),
          value: random.uniform(0.3, 0.85)), 3
      ),
      (linearColour(0.62, 0.13, 0.14), 0.7), (linearColour(0.60, 0.52, 0.42), 1))
  }

  /// Clothes of some cut and pattern.
  init(femininity: Float, from random: inout RandomTraits) {
    neckline = random.choice(
      (.crew, 3), (.vee, 1.2 + femininity), (.collar, 2.6 - 1.2 * femininity),
      (.suit, 2.4 - 1.7 * femininity), (.turtleneck, 0.7), (.wide, 2.2 * femininity))
    pattern = random.choice((.plain, 5), (.stripes, 1.2), (.checks, 0.8), (.dots, 0.5))
    if neckline == .suit { pattern = .plain }
    colour = neckline == .suit ? Self.colour(from: &random) * 0.35 : Self.colour(from: &random)
    accent = Self.colour(from: &random)
    inner =
      random.chance(0.65)
      ? linearColour(0.92, 0.92, 0.92)
      : mix(Self.colour(from: &random), Vector3(repeating: 0.6), 0.5)
    scale = random.uniform(8, 22)
    shoulderWidth = random.normal(1.06, 0.06) - 0.16 * femininity
    shoulderHeight = random.normal(0.07, 0.08)
    depth = random.uniform(0, 1)
    noise = random.noise()
  }
}

extension Background {
  /// A background of some kind in muted colours.
  init(from random: inout RandomTraits) {
    kind = random.choice(
      (.plain, 1.3), (.gradient, 1.8), (.spot, 1.4), (.lights, 1.7), (.horizon, 1.2),
      (.window, 1.2), (.foliage, 1.1), (.panels, 1.0))
    let brightness = random.uniform(0.12, 0.92)
    func muted(_ random: inout RandomTraits, _ value: Float) -> Vector3 {
      linearColour(
        hue: random.chance(0.5) ? random.uniform(0.03, 0.14) : random.uniform(0, 1),
        saturation: powf(random.uniform(0, 1), 2) * 0.55, value: saturate(value))
    }
    colours = (
      muted(&random, brightness), muted(&random, brightness + random.normal(0, 0.25)),
      muted(&random, brightness + random.normal(0, 0.35))
    )
    angle = random.uniform(0, 2 * Float.pi)
    position = SIMD2(random.uniform(-0.1, 1.1), random.uniform(0, 1))
    size = SIMD2(random.uniform(0.2, 0.7), random.uniform(0.3, 0.9))
    softness = random.uniform(0.02, 0.12)
    discs = []
    if kind == .foliage {
      let green = linearColour(
        hue: random.uniform(0.17, 0.36), saturation: random.uniform(0.2, 0.5),
        value: random.uniform(0.15, 0.4))
      colours = (green, green * random.uniform(1.5, 3), linearColour(0.85, 0.9, 0.8))
    }
    if kind == .horizon {
      colours.0 = linearColour(
        hue: random.uniform(0.53, 0.62), saturation: random.uniform(0.05, 0.5),
        value: random.uniform(0.6, 1))
    }
    if kind == .lights || kind == .foliage {
      for _ in 0..<Int(random.uniform(5, kind == .lights ? 22 : 10)) {
        let colour =
          kind == .foliage
          ? mix(colours.1, colours.2, random.uniform(0, 0.7))
          : muted(&random, random.uniform(0.5, 1))
        discs.append(
          Disc(
            centre: SIMD2(random.uniform(-0.05, 1.05), random.uniform(-0.1, 1)),
            radius: random.uniform(0.03, 0.16), colour: colour * random.uniform(0.5, 1.3),
            softness: random.uniform(0.15, 0.9)))
      }
    }
    noise = random.noise()
  }
}

extension Film {
  /// A camera with small errors of exposure and colour.
  init(from random: inout RandomTraits) {
    exposure = expf(random.normal(-0.02, 0.20))
    let warmth = random.normal(0, 0.04)
    whiteBalance = Vector3(1 + warmth, 1 + random.normal(0, 0.015), 1 - warmth)
    contrast = random.uniform(0.0, 0.45)
    saturation = random.chance(0.02) ? 0 : random.normal(1.02, 0.13)
    vignette = powf(random.uniform(0, 1), 2) * 0.4
    blur = powf(random.uniform(0, 1), 4) * 0.008
    grain = powf(random.uniform(0, 1), 2) * 0.012
    haze = powf(random.uniform(0, 1), 3) * 0.035
    noise = random.noise()
  }
}
