extension SceneShape {
  /// The families of outlines that scenes choose from.
  enum Family {
    case ellipse
    case leaf
    case blob
    case pebble
    case polygon
    case rectangle
    case star
    case strip
    case branch
  }

  /// An outline of a family.
  ///
  /// - Parameters:
  ///   - size: about half of its width, in frame widths.
  ///   - angle: its orientation in turns.
  init(
    _ family: Family, size: Float, at centre: SIMD2<Float>, angle: Float,
    from random: inout SceneRandom
  ) {
    let turn = PortableMath.direction(turns: angle)
    switch family {
    case .ellipse:
      let axes = SIMD2(size, size * random.uniform(0.35, 1))
      self.init(
        outline: .ellipse(axes), centre: centre, turn: turn, reach: size, thickness: 2 * axes.y)
    case .leaf:
      let width = size * random.uniform(0.2, 0.55)
      let offset = (size * size - width * width) / (2 * width)
      self.init(
        outline: .lens(radius: offset + width, offset: offset), centre: centre, turn: turn,
        reach: size, thickness: width)
    case .blob, .pebble:
      let table = Self.smoothCurve(
        size: size, roughness: family == .blob ? 0.42 : 0.14,
        stretch: random.uniform(0.45, 1), from: &random)
      self.init(table, at: centre, turn: turn, thickness: size)
    case .star:
      let table = Self.star(size: size, from: &random)
      self.init(table, at: centre, turn: turn, thickness: size * 0.7)
    case .polygon:
      let count = random.integer(3...6)
      let start = random.uniform(0, 1)
      let sides = (0..<count).map { index -> SIMD3<Float> in
        let normal = PortableMath.direction(
          turns: start + (Float(index) + random.uniform(-0.25, 0.25)) / Float(count))
        return SIMD3(normal.x, normal.y, size * random.uniform(0.45, 0.75))
      }
      self.init(
        outline: .polygon(sides), centre: centre, turn: turn, reach: size * 2.6, thickness: size)
    case .rectangle:
      let height = size * random.logUniform(0.15, 1)
      let skew = random.chance(0.3) ? random.uniform(-0.04, 0.04) : 0
      let tilted = PortableMath.direction(turns: skew)
      let sides = [
        SIMD3(tilted.x, tilted.y, size), SIMD3(-1, 0, size), SIMD3(0, 1, height),
        SIMD3(-tilted.y, -tilted.x, height),
      ]
      self.init(
        outline: .polygon(sides), centre: centre, turn: turn, reach: 1.6 * (size + height),
        thickness: 2 * height)
    case .strip, .branch:
      let segments =
        family == .strip
        ? Self.strip(size: size, angle: angle, from: &random)
        : Self.branches(size: size, angle: angle, from: &random)
      self.init(strokes: segments, at: centre)
    }
  }

  /// A closed curve.
  private init(
    _ table: RadialTable, at centre: SIMD2<Float>, turn: SIMD2<Float>, thickness: Float
  ) {
    self.init(
      outline: .radial(table), centre: centre, turn: turn, reach: table.reach, thickness: thickness)
  }

  /// A rectangle by half its width and half its height; the turn is a cosine and a sine.
  init(box half: SIMD2<Float>, at centre: SIMD2<Float>, turn: SIMD2<Float>) {
    let sides = [
      SIMD3(1, 0, half.x), SIMD3(-1, 0, half.x), SIMD3(0, 1, half.y), SIMD3(0, -1, half.y),
    ]
    self.init(
      outline: .polygon(sides), centre: centre, turn: turn, reach: half.x + half.y,
      thickness: 2 * half.min())
  }

  /// Strokes about a centre.
  init(strokes segments: [Segment], at centre: SIMD2<Float>) {
    var reach: Float = 0
    var widest: Float = 0
    for segment in segments {
      for (end, radius) in [
        (segment.start, segment.startRadius), (segment.end, segment.endRadius),
      ] {
        reach = max(reach, max(abs(end.x), abs(end.y)) + radius)
        widest = max(widest, radius)
      }
    }
    self.init(
      outline: .strokes(segments), centre: centre, turn: SIMD2(1, 0), reach: reach,
      thickness: 1.4 * widest)
  }

  /// Everything below a line across the frame.
  ///
  /// - Parameters:
  ///   - height: of the line's middle, from the top.
  ///   - roughness: how far it goes up and down.
  ///   - persistence: how rough it is in detail, 0.3 (rolling hills) to 0.8 (tree tops).
  init(
    ridgeAt height: Float, roughness: Float, persistence: Float, from random: inout SceneRandom
  ) {
    let noise = random.noise()
    let tilt = random.normal(0, 0.06)
    let heights = (0...192).map { index -> Float in
      let x = Float(index) / 192
      var amplitude = roughness
      var cycles = Float(1.5)
      var y = height + tilt * (x - 0.5)
      for octave in 0..<6 {
        y += amplitude * (noise.value(x * cycles, Float(octave) * 11 + 0.5) - 0.5)
        amplitude *= persistence
        cycles *= 2.1
      }
      return y
    }
    self.init(
      outline: .ridge(heights), centre: SIMD2(0.5, height), turn: SIMD2(1, 0), reach: 2,
      thickness: 1)
  }

  private static func smoothCurve(
    size: Float, roughness: Float, stretch: Float, from random: inout SceneRandom
  ) -> RadialTable {
    var waves: [SIMD2<Float>] = []
    for order in 2...7 {
      let amplitude = roughness / PortableMath.power(Float(order) - 0.6, 1.3)
      waves.append(random.scatter() * amplitude)
    }
    return RadialTable(count: size < 0.03 ? 48 : 160, stretch: stretch) { direction in
      var radius: Float = 1
      var harmonic = direction
      for wave in waves {
        harmonic = SIMD2(
          harmonic.x * direction.x - harmonic.y * direction.y,
          harmonic.x * direction.y + harmonic.y * direction.x)
        radius += (wave * harmonic).sum()
      }
      return size * min(max(radius, 0.25), 1.9)
    }
  }

  private static func star(size: Float, from random: inout SceneRandom) -> RadialTable {
    let points = Float(random.integer(4...9))
    let inner = random.uniform(0.35, 0.7)
    let start = random.uniform(0, 1)
    // Corners in order around the origin; between two of them the outline is straight.
    let corners = (0..<Int(points) * 2).map { index -> SIMD2<Float> in
      let turns = start + (Float(index) + random.uniform(-0.15, 0.15)) / (2 * points)
      return PortableMath.direction(turns: turns) * (index % 2 == 0 ? 1 : inner)
    }
    return RadialTable(count: size < 0.03 ? 64 : 256, stretch: random.uniform(0.6, 1)) { ray in
      for index in corners.indices {
        let first = corners[index]
        let side = corners[(index + 1) % corners.count] - first
        let across = ray.x * side.y - ray.y * side.x
        guard abs(across) > 1e-9 else { continue }
        let along = (first.x * side.y - first.y * side.x) / across
        let part = (first.x * ray.y - first.y * ray.x) / across
        if along > 0 && part >= 0 && part <= 1 { return size * along }
      }
      return size * inner
    }
  }

  private static func strip(
    size: Float, angle: Float, from random: inout SceneRandom
  ) -> [Segment] {
    let radius = size * random.logUniform(0.01, 0.12)
    return stroke(
      from: .zero, angle: angle, length: 2 * size, radius: radius,
      taper: random.chance(0.5) ? random.uniform(0.1, 1) : 1,
      bend: random.chance(0.35) ? 0 : random.normal(0, 0.25), wander: random.uniform(0, 0.03),
      from: &random)
  }

  /// A stroke that bends evenly and wanders.
  static func stroke(
    from start: SIMD2<Float>, angle: Float, length: Float, radius: Float, taper: Float,
    bend: Float, wander: Float, from random: inout SceneRandom
  ) -> [Segment] {
    let count = bend == 0 && wander < 0.005 ? 1 : length < 0.05 ? 5 : 12
    var place = start
    var heading = angle
    return (0..<count).map { index in
      heading += bend / Float(count) + random.normal(0, wander)
      let next = place + PortableMath.direction(turns: heading) * (length / Float(count))
      let segment = Segment(
        start: place, end: next,
        startRadius: radius * mix(1, taper, Float(index) / Float(count)),
        endRadius: radius * mix(1, taper, Float(index + 1) / Float(count)))
      place = next
      return segment
    }
  }

  private static func branches(
    size: Float, angle: Float, from random: inout SceneRandom
  ) -> [Segment] {
    var segments: [Segment] = []
    let shrink = random.uniform(0.55, 0.75)
    let spread = random.uniform(0.05, 0.13)
    var tips = [(SIMD2<Float>.zero, angle, 1.2 * size, size * random.uniform(0.02, 0.09))]
    for _ in 0..<5 {
      var next: [(SIMD2<Float>, Float, Float, Float)] = []
      for (place, heading, length, radius) in tips {
        let grown = stroke(
          from: place, angle: heading, length: length, radius: radius, taper: 0.65,
          bend: random.normal(0, 0.05), wander: 0.015, from: &random)
        segments += grown
        for _ in 0..<random.integer(1...3) where next.count < 24 {
          let from = grown[random.integer(grown.count / 2...grown.count - 1)]
          next.append(
            (
              from.end, heading + random.normal(0, spread),
              length * shrink * random.uniform(0.7, 1.2), from.endRadius * 0.72
            ))
        }
      }
      tips = next
    }
    return segments
  }
}
