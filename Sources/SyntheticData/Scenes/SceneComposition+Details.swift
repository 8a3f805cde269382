extension SceneComposition {
  /// Shadows of things outside the picture.
  mutating func addShadows(from random: inout SceneRandom) {
    guard random.chance(0.35) else { return }
    let surface = SceneMaterial(from: &random, palette: palette)
      .surface(size: 0.5, angle: 0, palette: palette, from: &random)
    let strength = random.uniform(0.2, 0.65)
    let blur = random.logUniform(0.006, 0.12)
    for _ in 0..<random.integer(1...3) {
      let family = random.choice(
        (SceneShape.Family.blob, 3), (.polygon, 1.5), (.rectangle, 1.5), (.strip, 1),
        (.branch, 1.5))
      let centre = SIMD2(random.uniform(-0.1, 1.1), random.uniform(-0.1, 1.1))
      let shape = SceneShape(
        family, size: random.uniform(0.2, 0.6), at: centre, angle: random.uniform(0, 1),
        from: &random)
      things.append(
        SceneThing(
          shape: shape, surface: surface, blur: 0, shadow: strength, shadowOffset: .zero,
          shadowBlur: blur, isShadow: true))
    }
  }

  /// Lines of marks like those of writing, each mark a few strokes.
  mutating func addWriting(
    at place: SIMD2<Float>, angle: Float, depth: Float, from random: inout SceneRandom
  ) {
    let material = SceneMaterial(from: &random, palette: palette)
    let height = random.logUniform(0.02, 0.14)
    let width = height * random.uniform(0.5, 0.8)
    let radius = height * random.uniform(0.05, 0.12)
    let along = PortableMath.direction(turns: angle)
    for line in 0..<random.integer(1...5) {
      var segments: [SceneShape.Segment] = []
      for letter in 0..<random.integer(3...14) where random.chance(0.86) {
        let corner = SIMD2(Float(letter) * width, Float(line) * height * 1.7)
        var point = corner + SIMD2(random.uniform(0, 0.6) * width, random.uniform(0, height))
        for _ in 0..<random.integer(2...4) {
          // Strokes go from one of the places of a small lattice to another.
          let next =
            corner
            + SIMD2(
              Float(random.integer(0...2)) * 0.36 * width,
              Float(random.integer(0...2)) * 0.5 * height)
          segments.append(
            SceneShape.Segment(
              start: Self.turned(point, along), end: Self.turned(next, along),
              startRadius: radius, endRadius: radius))
          point = next
        }
      }
      guard !segments.isEmpty else { continue }
      let shape = SceneShape(strokes: segments, at: place)
      var surface = material.surface(
        size: radius, angle: angle, palette: palette, from: &random)
      surface.gradient = .zero
      surface.glow = 0
      add(shape, surface, depth: depth, size: radius, from: &random)
    }
  }

  /// A ring, with spokes or with further rings inside.
  mutating func addWheel(
    size: Float, at centre: SIMD2<Float>, depth: Float, from random: inout SceneRandom
  ) {
    let material = SceneMaterial(from: &random, palette: palette)
    let axes = SIMD2(size, size * random.uniform(0.4, 1))
    let turn = PortableMath.direction(turns: random.uniform(0, 1))
    let rim = size * random.uniform(0.06, 0.25)
    for ring in 0..<random.integer(1...3) {
      let scale = 1 - 0.3 * Float(ring)
      let shape = SceneShape(
        outline: .ellipse(axes * scale), centre: centre, turn: turn, reach: size, thickness: rim,
        rim: rim * scale)
      let surface = material.surface(size: rim, angle: 0, palette: palette, from: &random)
      add(shape, surface, depth: depth, size: rim, from: &random)
    }
    guard random.chance(0.6) else { return }
    let count = random.integer(3...24)
    let radius = size * random.logUniform(0.006, 0.05)
    let spokes = (0..<count).map { index -> SceneShape.Segment in
      let tip = PortableMath.direction(turns: Float(index) / Float(count)) * axes
      return SceneShape.Segment(
        start: .zero, end: Self.turned(tip, turn), startRadius: radius, endRadius: radius)
    }
    let surface = material.surface(size: radius, angle: 0, palette: palette, from: &random)
    add(
      SceneShape(strokes: spokes, at: centre), surface, depth: depth, size: radius, from: &random)
  }

  /// Long thin lines across the picture: wires, masts, stalks, cracks.
  mutating func addLines(depth: Float, from random: inout SceneRandom) {
    let material = SceneMaterial(from: &random, palette: palette)
    let angle = random.uniform(0, 1)
    let spread = random.chance(0.5) ? random.uniform(0, 0.02) : 0.5
    let radius = random.logUniform(0.001, 0.008)
    for _ in 0..<random.integer(1...9) {
      let heading = angle + random.normal(0, spread)
      let length = random.uniform(0.3, 1.6)
      let start =
        SIMD2(random.uniform(0, 1), random.uniform(0, 1))
        - PortableMath.direction(turns: heading) * (length / 2)
      let segments = SceneShape.stroke(
        from: .zero, angle: heading, length: length, radius: radius * random.uniform(0.6, 1.6),
        taper: random.uniform(0.4, 1), bend: random.chance(0.5) ? 0 : random.normal(0, 0.06),
        wander: random.chance(0.5) ? 0 : 0.01, from: &random)
      let surface = material.surface(
        size: radius, angle: heading, palette: palette, from: &random)
      add(
        SceneShape(strokes: segments, at: start), surface, depth: depth, size: radius,
        from: &random)
    }
  }

  /// Bars with gaps, such as louvres, railings or steps.
  mutating func addBars(axis: Float, depth: Float, from random: inout SceneRandom) {
    let material = SceneMaterial(from: &random, palette: palette)
    let step = random.logUniform(0.015, 0.08)
    let half = step * random.uniform(0.15, 0.42)
    let length = random.uniform(0.05, 0.3)
    let turn = PortableMath.direction(turns: axis)
    let origin = SIMD2(random.uniform(0, 1), random.uniform(-0.1, 0.8))
    for index in 0..<random.integer(4...24) {
      let centre = origin + Self.turned(SIMD2(0, Float(index) * step), turn)
      let shape = SceneShape(box: SIMD2(length, half), at: centre, turn: turn)
      let surface = material.surface(size: half, angle: axis, palette: palette, from: &random)
      add(shape, surface, depth: depth, size: half, from: &random)
    }
  }

  /// A place turned about the origin; the turn is a cosine and a sine.
  static func turned(_ place: SIMD2<Float>, _ turn: SIMD2<Float>) -> SIMD2<Float> {
    SIMD2(place.x * turn.x - place.y * turn.y, place.x * turn.y + place.y * turn.x)
  }
}
