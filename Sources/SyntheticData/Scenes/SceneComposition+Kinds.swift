extension SceneComposition {
  private func place(_ random: inout SceneRandom) -> SIMD2<Float> {
    SIMD2(random.uniform(-0.08, 1.08), random.uniform(-0.08, 1.08))
  }

  private func family(_ random: inout SceneRandom) -> SceneShape.Family {
    random.choice(
      (.blob, 3), (.pebble, 2), (.ellipse, 1.2), (.leaf, 1.5), (.polygon, 1.5), (.rectangle, 1.3),
      (.strip, 2), (.branch, 0.5), (.star, 0.25))
  }

  /// A group of things of one kind: leaves of a twig, stones of a heap, petals of a flower, windows in a row.
  mutating func addClump(
    _ family: SceneShape.Family, _ material: SceneMaterial, size: Float, count: Int,
    at centre: SIMD2<Float>, spread: Float, depth: Float, from random: inout SceneRandom
  ) {
    let coherence = random.chance(0.5) ? random.uniform(0.01, 0.08) : 0.5
    let angle = random.uniform(0, 1)
    let stretch = random.uniform(0.3, 1)
    let turn = PortableMath.direction(turns: random.uniform(0, 1))
    let variety = random.uniform(0.1, 0.6)
    for _ in 0..<count {
      let offset = Self.turned(random.scatter() * SIMD2(spread, spread * stretch), turn)
      add(
        family, material, size: size * PortableMath.exp2(random.normal(0, variety)),
        at: centre + offset, angle: angle + random.normal(0, coherence), depth: depth,
        from: &random)
    }
  }

  /// Petals or rays around a middle.
  private mutating func addFlower(
    size: Float, at centre: SIMD2<Float>, depth: Float, from random: inout SceneRandom
  ) {
    let heart = SceneMaterial(from: &random, palette: palette)
    let petals = SceneMaterial(from: &random, palette: palette)
    add(.pebble, heart, size: size * 0.3, at: centre, angle: 0, depth: depth, from: &random)
    let count = random.integer(5...14)
    let start = random.uniform(0, 1)
    for index in 0..<count {
      let angle = start + Float(index) / Float(count) + random.normal(0, 0.01)
      add(
        random.chance(0.8) ? .leaf : .pebble, petals, size: size * random.uniform(0.42, 0.55),
        at: centre + PortableMath.direction(turns: angle) * size * 0.55, angle: angle,
        depth: depth, from: &random)
    }
  }

  /// Dead leaves: single things and clumps of power-law sizes until the frame is full.
  mutating func composeClutter(from random: inout SceneRandom) {
    let exponent = random.uniform(2.1, 3.1)
    let smallest = random.logUniform(0.006, 0.04)
    let count = random.integer(40...170)
    let favourite = family(&random)
    let materials = (0..<random.integer(4...9)).map { _ in
      SceneMaterial(from: &random, palette: palette)
    }
    for index in 0..<count {
      let depth = Float(index) / Float(count)
      let size = random.powerLaw(smallest, 0.5, exponent: exponent)
      let material = materials[random.integer(0...materials.count - 1)]
      let kind = random.chance(0.35) ? favourite : family(&random)
      if size < 0.05 && random.chance(0.5) {
        addClump(
          kind, material, size: size, count: random.integer(4...40), at: place(&random),
          spread: size * random.uniform(1.5, 6), depth: depth, from: &random)
      } else if random.chance(0.02) {
        addFlower(size: size, at: place(&random), depth: depth, from: &random)
      } else if random.chance(0.02) {
        addWheel(size: size, at: place(&random), depth: depth, from: &random)
      } else if random.chance(0.01) {
        addWriting(
          at: place(&random), angle: random.uniform(0, 1), depth: depth, from: &random)
      } else {
        add(
          kind, material, size: size, at: place(&random), angle: random.uniform(0, 1),
          depth: depth, from: &random)
      }
    }
  }

  /// A sky, hills or tree tops, a ground that recedes, and things that stand on it.
  mutating func composeLandscape(from random: inout SceneRandom) {
    let horizon = random.uniform(0.2, 0.8)
    var sky = SceneMaterial(from: &random, palette: palette)
    sky.tint = .init(hue: random.normal(1.57, 0.02), saturation: random.uniform(0, 0.55))
    sky.accentTint = .init(hue: 1.1, saturation: random.uniform(0, 0.12))
    sky.value = random.uniform(0.55, 0.92)
    sky.kind = random.chance(0.7) ? .fractal : nil
    sky.wavelength = random.uniform(0.2, 0.8)
    sky.contrast = random.uniform(0.02, 0.25)
    sky.blend = random.chance(0.7) ? random.uniform(0.2, 0.9) : 0
    sky.grainContrast = 0
    var above = sky.surface(size: 1, angle: 0, palette: palette, from: &random)
    above.texture?.frequency.y *= random.uniform(1, 3)
    above.texture?.persistence = random.uniform(0.4, 0.6)
    above.gradient = SIMD2(random.normal(0, 0.3), random.uniform(0, 1.3))
    above.glow = 0
    setBackground(above, depth: 1)

    // What stands in front.
    let ground = SceneMaterial(from: &random, palette: palette)
    let stuff = (0..<random.integer(2...4)).map { _ in
      (SceneMaterial(from: &random, palette: palette), family(&random))
    }
    for _ in 0..<random.integer(0...14) {
      let nearness = random.uniform(0, 1)
      let centre = SIMD2(
        random.uniform(-0.05, 1.05), mix(horizon, 1.05, nearness) - random.uniform(0, 0.1))
      let (material, kind) = stuff[random.integer(0...stuff.count - 1)]
      let size = mix(0.02, 0.22, nearness) * random.uniform(0.4, 1.2)
      if random.chance(0.4) {
        addClump(
          kind, material, size: size * 0.25, count: random.integer(8...50), at: centre,
          spread: size * 0.5, depth: 1 - nearness, from: &random)
      } else {
        add(
          kind, material, size: size, at: centre, angle: random.normal(0.75, 0.06),
          depth: 1 - nearness, from: &random)
      }
    }
    if random.chance(0.35) { addTree(horizon: horizon, from: &random) }
    // The ground and the ridges behind it, paler with distance.
    let ridges = random.integer(1...4)
    for index in 0..<ridges {
      let distance = Float(index) / Float(max(ridges, 2))
      var material = index == 0 ? ground : SceneMaterial(from: &random, palette: palette)
      material.value = mix(min(material.value, 0.6), sky.value * 0.9, distance * 0.8)
      material.contrast *= 1 - 0.7 * distance
      let level = mix(min(horizon + 0.22, 0.9), horizon - 0.05, distance)
      let shape = SceneShape(
        ridgeAt: level, roughness: random.uniform(0.02, 0.22),
        persistence: random.uniform(0.3, 0.75), from: &random)
      var surface = material.surface(size: 0.5, angle: 0, palette: palette, from: &random)
      if index == 0 && random.chance(0.6) { surface.texture?.perspective = random.uniform(0.6, 1) }
      surface.gradient = SIMD2(random.normal(0, 0.4), random.normal(0, 1))
      add(shape, surface, depth: 0.3 + 0.6 * distance, size: 0.05, from: &random)
    }
  }

  private mutating func addTree(horizon: Float, from random: inout SceneRandom) {
    let base = SIMD2(random.uniform(0, 1), horizon + random.uniform(0.05, 0.3))
    let size = random.uniform(0.2, 0.45)
    let leaves = SceneMaterial(from: &random, palette: palette)
    let bark = SceneMaterial(from: &random, palette: palette)
    for _ in 0..<random.integer(2...6) {
      addClump(
        random.chance(0.6) ? .leaf : .pebble, leaves, size: size * random.uniform(0.02, 0.06),
        count: random.integer(20...80),
        at: base + SIMD2(random.normal(0, 0.35) * size, -size * random.uniform(0.8, 1.6)),
        spread: size * random.uniform(0.12, 0.3), depth: 0.3, from: &random)
    }
    add(
      .branch, bark, size: size * 0.6, at: base, angle: 0.75 + random.normal(0, 0.01),
      depth: 0.3, from: &random)
  }

  /// A few large things with much texture.
  mutating func composeCloseUp(from random: inout SceneRandom) {
    let count = random.integer(2...9)
    for index in 0..<count {
      let material = SceneMaterial(from: &random, palette: palette)
      let depth = Float(index) / Float(count) * 0.7
      let size = random.uniform(0.12, 0.55)
      if random.chance(0.18) {
        addFlower(size: size * 0.7, at: place(&random), depth: depth, from: &random)
        continue
      }
      let centre = place(&random)
      // Markings and small things on or before the large one.
      if random.chance(0.6) {
        let marks = SceneMaterial(from: &random, palette: palette)
        addClump(
          family(&random), marks, size: size * random.logUniform(0.02, 0.25),
          count: random.integer(2...30), at: centre, spread: size * 0.5, depth: depth,
          from: &random)
      }
      add(
        random.choice(
          (.blob, 3), (.pebble, 2), (.ellipse, 1.5), (.leaf, 1.2), (.polygon, 1),
          (.rectangle, 1), (.strip, 1.5)), material, size: size, at: centre,
        angle: random.uniform(0, 1), depth: depth,
        from: &random)
    }
    // Far things without focus.
    for _ in 0..<random.integer(0...12) {
      let material = SceneMaterial(from: &random, palette: palette)
      add(
        random.chance(0.7) ? .blob : .strip, material, size: random.uniform(0.08, 0.4),
        at: place(&random), angle: random.uniform(0, 1), depth: 1, from: &random)
    }
  }

  /// Walls with windows, boards, pipes and wires: straight lines along two directions.
  mutating func composeBuilt(from random: inout SceneRandom) {
    let axis = random.chance(0.6) ? random.normal(0, 0.008) : random.uniform(0, 1)
    let materials = (0..<random.integer(3...6)).map { _ in
      SceneMaterial(from: &random, palette: palette)
    }
    let details = random.integer(3...16)
    for _ in 0..<details {
      let material = materials[random.integer(0...materials.count - 1)]
      let depth = random.uniform(0, 0.5)
      switch random.integer(0...8) {
      case 0, 1:
        addGrid(material, materials[0], axis: axis, depth: depth, from: &random)
      case 2:
        add(
          .strip, material, size: random.uniform(0.2, 0.8), at: place(&random),
          angle: axis + (random.chance(0.5) ? 0.25 : 0) + random.normal(0, 0.01), depth: depth,
          from: &random)
      case 3:
        addBars(
          axis: axis + (random.chance(0.3) ? 0.25 : 0), depth: depth, from: &random)
      case 4:
        addWriting(at: place(&random), angle: axis, depth: depth, from: &random)
      case 5:
        if random.chance(0.5) {
          addWheel(
            size: random.logUniform(0.04, 0.25), at: place(&random), depth: depth, from: &random)
        } else {
          addLines(depth: depth, from: &random)
        }
      case 6:
        add(
          family(&random), material, size: random.powerLaw(0.02, 0.25, exponent: 2),
          at: place(&random), angle: random.uniform(0, 1), depth: depth, from: &random)
      default:
        add(
          .rectangle, material, size: random.powerLaw(0.03, 0.4, exponent: 2),
          at: place(&random), angle: axis + (random.chance(0.5) ? 0.25 : 0), depth: depth,
          from: &random)
      }
    }
    for _ in 0..<random.integer(3...8) {
      let material = SceneMaterial(from: &random, palette: palette)
      add(
        random.chance(0.8) ? .rectangle : .polygon, material, size: random.uniform(0.2, 0.6),
        at: place(&random), angle: axis + (random.chance(0.5) ? 0.25 : 0), depth: 0.8,
        from: &random)
    }
  }

  /// A row or a field of equal things, such as windows.
  private mutating func addGrid(
    _ material: SceneMaterial, _ frame: SceneMaterial, axis: Float, depth: Float,
    from random: inout SceneRandom
  ) {
    let along = PortableMath.direction(turns: axis)
    let step = SIMD2(random.logUniform(0.03, 0.25), random.logUniform(0.03, 0.25))
    let origin = place(&random)
    let (columns, rows) = (random.integer(1...8), random.integer(1...6))
    let width = step.x * random.uniform(0.2, 0.42)
    let height = step.y * random.uniform(0.2, 0.42)
    let border = random.chance(0.5) ? min(step.x, step.y) * random.uniform(0.02, 0.08) : 0
    // A frame lies behind its pane.
    let pane: (Float, SceneMaterial) = (0, material)
    let layers = border > 0 ? [pane, (border, frame)] : [pane]
    for row in 0..<rows {
      for column in 0..<columns {
        let place = SIMD2(Float(column) * step.x, Float(row) * step.y)
        let centre = origin + Self.turned(place, along)
        for (grown, stuff) in layers {
          let (w, h) = (width + grown, height + grown)
          let shape = SceneShape(box: SIMD2(w, h), at: centre, turn: along)
          let surface = stuff.surface(
            size: min(w, h), angle: axis, palette: palette, from: &random)
          add(shape, surface, depth: depth, size: min(w, h), from: &random)
        }
      }
    }
  }

  /// Layers of leaves, blades, twigs or strands.
  mutating func composeThicket(from random: inout SceneRandom) {
    let layers = random.integer(3...7)
    let kind = random.choice(
      (SceneShape.Family.leaf, 3), (.strip, 3), (.branch, 1), (.blob, 1), (.pebble, 1))
    let upright = random.uniform(0, 1)
    let coherence = random.logUniform(0.02, 0.4)
    let scale = random.logUniform(0.02, 0.15)
    for layer in 0..<layers {
      let depth = Float(layer) / Float(layers)
      var material = SceneMaterial(from: &random, palette: palette)
      material.value *= 1 - 0.5 * depth
      material.valueSpread += 0.06
      let length: Float = kind == .strip ? 3 : 1
      let size: Float = scale * random.uniform(0.6, 1.6) * length
      let share: Float = kind == .strip ? 0.1 : 0.5
      let count = min(Int(0.12 / (size * size * share)), 260)
      for _ in 0..<max(count, 6) {
        add(
          random.chance(0.93) ? kind : family(&random), material,
          size: size * PortableMath.exp2(random.normal(0, 0.4)), at: place(&random),
          angle: upright + random.normal(0, coherence), depth: depth, from: &random)
      }
    }
  }
}
