extension SceneComposition {
  /// Particles, fibres, pores or grains on a grainy ground.
  mutating func composeMicrograph(from random: inout SceneRandom) {
    let isInverted = random.chance(0.2)
    var ground = SceneMaterial(from: &random, palette: palette)
    ground.value = isInverted ? random.uniform(0.5, 0.8) : random.uniform(0.12, 0.4)
    ground.kind = random.choice((.fractal, 4), (.cells, 0.8), (.ridged, 1), (.stripes, 0.4))
    ground.wavelength = random.logUniform(0.03, 0.5)
    ground.contrast = random.logUniform(0.05, 0.6)
    ground.grainContrast = random.logUniform(0.05, 0.5)
    ground.blend = 0
    setBackground(
      ground.surface(size: 1, angle: random.uniform(0, 1), palette: palette, from: &random),
      depth: 0.2)

    var material = SceneMaterial(from: &random, palette: palette)
    material.value = isInverted ? random.uniform(0.1, 0.35) : random.uniform(0.45, 0.85)
    material.valueSpread = random.uniform(0.01, 0.1)
    material.kind = random.chance(0.5) ? .fractal : random.chance(0.3) ? .ridged : nil
    material.contrast = random.logUniform(0.03, 0.4)
    material.blend = 0
    material.relief = random.uniform(0, 0.9)
    // Edges shine under an electron microscope.
    material.edge = random.uniform(-1, 0.3)
    let kind = random.choice(
      (SceneShape.Family.ellipse, 3), (.pebble, 3), (.blob, 1.6), (.polygon, 2.4), (.strip, 1.6),
      (.rectangle, 0.8), (.star, 0.3))
    let length: Float = kind == .strip ? 3 : 1
    let size: Float = random.logUniform(0.012, 0.16) * length
    let variety = random.chance(0.4) ? random.uniform(0.02, 0.15) : random.uniform(0.2, 0.9)
    let cover = random.logUniform(0.1, 3)
    let count = min(max(Int(cover * 0.4 / (size * size)), 3), kind == .strip ? 220 : 500)
    let clumps = (0..<random.integer(1...6)).map { _ in
      SIMD2(random.uniform(0, 1), random.uniform(0, 1))
    }
    let clumped = random.chance(0.5) ? random.uniform(0.3, 1) : 0
    let coherence = random.chance(0.25) ? 0.03 : Float(0.5)
    for index in 0..<count {
      var centre = SIMD2(random.uniform(-0.05, 1.05), random.uniform(-0.05, 1.05))
      if random.chance(clumped) {
        centre = clumps[index % clumps.count] + random.scatter() * 0.13
      }
      add(
        kind, material, size: size * PortableMath.exp2(random.normal(0, variety)), at: centre,
        angle: random.normal(0.1, coherence), depth: random.uniform(0, 0.4), from: &random)
    }
  }
}
