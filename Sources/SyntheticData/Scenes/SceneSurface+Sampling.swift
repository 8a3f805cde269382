extension SceneTexture {
  /// A pattern of some kind.
  ///
  /// - Parameters:
  ///   - kind: one of the kinds.
  ///   - wavelength: of its largest features, in frame widths.
  ///   - angle: its orientation in turns.
  init(_ kind: Kind, wavelength: Float, angle: Float, from random: inout SceneRandom) {
    let base = 1 / wavelength
    var frequency = SIMD2(base, base)
    switch kind {
    case .fractal:
      // Some are stretched into strands.
      if random.chance(0.3) { frequency.y *= random.logUniform(0.06, 0.5) }
    case .ridged: frequency.y *= random.logUniform(0.3, 1)
    case .bricks: frequency.y *= random.uniform(1, 3)
    case .weave, .cells, .cracks, .speckle: frequency.y *= random.uniform(0.6, 1.4)
    case .stripes: break
    }
    self.init(
      kind: kind, noise: random.noise(), turn: PortableMath.direction(turns: angle),
      frequency: frequency, persistence: random.uniform(0.55, 1.05),
      warp: random.chance(0.3) ? 0 : random.uniform(0, kind == .stripes ? 3 : 1.6),
      sharpness: random.uniform(0, 1), perspective: 0)
  }
}

/// A sort of surfaces: things of one material look alike without being the same.
struct SceneMaterial {
  var tint: ScenePalette.Tint
  var accentTint: ScenePalette.Tint
  var value: Float
  var valueSpread: Float
  var kind: SceneTexture.Kind?
  var wavelength: Float
  var contrast: Float
  var blend: Float
  var grainContrast: Float
  var relief: Float
  var edge: Float
  /// Whether the pattern follows the turn of each thing.
  var turnsAlong: Bool

  /// A material of the palette.
  init(from random: inout SceneRandom, palette: ScenePalette) {
    tint = palette.tint(from: &random)
    accentTint = random.chance(0.6) ? tint : palette.tint(from: &random)
    value = palette.value(from: &random)
    valueSpread = random.uniform(0.02, 0.12)
    kind =
      random.chance(0.22)
      ? nil
      : random.choice(
        (.fractal, 5), (.ridged, 1.4), (.stripes, 0.9), (.speckle, 1.1), (.cells, 0.6),
        (.cracks, 0.5), (.bricks, 0.6), (.weave, 0.4))
    wavelength = random.logUniform(0.012, 0.35)
    contrast = random.logUniform(0.09, 1.5)
    blend = random.chance(0.35) ? random.uniform(0.3, 1) : 0
    grainContrast = random.chance(0.7) ? random.logUniform(0.04, 0.6) : 0
    relief = random.chance(0.65) ? random.uniform(0.1, 1.1) : 0
    edge = random.chance(0.5) ? random.uniform(0, 0.9) : 0
    turnsAlong = random.chance(0.6)
  }

  /// A surface of this material for a thing of some size.
  func surface(
    size: Float, angle: Float, palette: ScenePalette, from random: inout SceneRandom
  ) -> SceneSurface {
    let level = value + random.normal(0, valueSpread)
    let varied = palette.varied(tint, by: 1, from: &random)
    let colour = palette.light(varied, value: level)
    let accent = palette.light(accentTint, value: level + random.normal(0.1, 0.22))
    let orientation = turnsAlong ? angle : 0
    let texture = kind.map {
      SceneTexture($0, wavelength: wavelength, angle: orientation, from: &random)
    }
    let grain =
      grainContrast > 0
      ? SceneTexture(
        .fractal, wavelength: min(wavelength, 0.08) * 0.5, angle: orientation, from: &random)
      : nil
    let steep = min(random.logUniform(0.1, 1.2) / max(size, 0.04), 12)
    return SceneSurface(
      colour: colour, accent: accent, blend: blend, texture: texture, contrast: contrast,
      grain: grain, grainContrast: grainContrast,
      gradient: PortableMath.direction(turns: random.uniform(0, 1)) * steep * 0.5,
      glow: random.chance(0.3) ? random.normal(0, 0.4) : 0, glowReach: max(size, 0.01),
      relief: relief, reliefReach: size * random.uniform(0.15, 0.9), edge: edge)
  }
}
