/// A pattern on a surface: a function of place with values around 0, mostly within -1...1.
struct SceneTexture {
  /// The kinds of patterns.
  enum Kind {
    /// Noise of several octaves, with a power law for a spectrum; stretched, it is hair or wood.
    case fractal
    /// Noise folded into creases, like rock, bark or crumpled cloth.
    case ridged
    /// Stripes bent by noise.
    case stripes
    /// Spots of different sizes, like gravel or blossom.
    case speckle
    /// Cells of different brightness, like crystals or scales.
    case cells
    /// Lines between cells, like dry earth.
    case cracks
    /// Rows of bricks, tiles or windows.
    case bricks
    /// A woven cloth.
    case weave
  }

  var kind: Kind
  var noise: LatticeNoise
  /// Turn of the pattern, as cosine and sine.
  var turn: SIMD2<Float>
  /// Repetitions per frame width along the pattern's own axes.
  var frequency: SIMD2<Float>
  /// From each octave to the next, amplitudes change by this factor; 1 is a 1/f^2 spectrum of power.
  var persistence: Float
  /// How far noise bends the pattern, in repetitions.
  var warp: Float
  /// How sudden the changes are: 0 like a sine, 1 and more like a step.
  var sharpness: Float
  /// How much finer the pattern is at the top of the frame than at the bottom, as on level ground.
  var perspective: Float

  private var octaves = 0
  private var weights = SIMD8<Float>.zero
  private var visibility: Float = 1

  /// A pattern that is yet to be bound to a resolution.
  init(
    kind: Kind, noise: LatticeNoise, turn: SIMD2<Float>, frequency: SIMD2<Float>,
    persistence: Float, warp: Float, sharpness: Float, perspective: Float
  ) {
    self.kind = kind
    self.noise = noise
    self.turn = turn
    self.frequency = frequency
    self.persistence = persistence
    self.warp = warp
    self.sharpness = sharpness
    self.perspective = perspective
  }

  /// Leaves out what is finer than a resolution in frame widths.
  mutating func bind(resolution: Float) {
    var amplitude: Float = 1
    var power: Float = 0
    var cycles = max(frequency.x, frequency.y)
    visibility = saturate((1 / cycles - resolution) / resolution)
    octaves = 0
    while octaves < 8 {
      // Full strength from four pixels a wave on; gone at less than two.
      let visible = octaves == 0 ? 1 : saturate((1 / cycles - resolution) / resolution)
      guard visible > 0.02 else { break }
      weights[octaves] = amplitude * visible
      octaves += 1
      power += amplitude * amplitude
      amplitude *= persistence
      cycles *= 2
    }
    weights *= 2.2 / max(power, 1e-6).squareRoot()
  }

  /// The value at a place of the frame.
  @inline(__always)
  func value(_ x: Float, _ y: Float) -> Float {
    var scale: Float = 1
    if perspective > 0 { scale = 1 / (0.12 + perspective * y) }
    let u = (x * turn.x + y * turn.y) * frequency.x * scale
    let v = (y * turn.x - x * turn.y) * frequency.y * scale
    switch kind {
    case .fractal: return fractal(u, v)
    case .ridged: return ridged(u, v)
    case .stripes: return stripes(u, v)
    case .speckle: return speckle(u, v)
    case .cells, .cracks: return cellular(u, v)
    case .bricks: return bricks(u, v)
    case .weave: return weave(u, v)
    }
  }

  @inline(__always)
  private func fractal(_ x: Float, _ y: Float) -> Float {
    var (u, v) = (x, y)
    if warp > 0 {
      let bend = warp * (noise.value(0.4 * x + 7.3, 0.4 * y - 3.1) - 0.5)
      u += bend
      v += bend * 0.7
    }
    var sum: Float = 0
    for octave in 0..<octaves {
      sum += weights[octave] * (noise.value(u, v) - 0.5)
      // Each octave is turned, so that the lattice doesn't show.
      (u, v) = (1.6 * u - 1.2 * v + 17.1, 1.2 * u + 1.6 * v - 9.7)
    }
    return sum
  }

  @inline(__always)
  private func ridged(_ x: Float, _ y: Float) -> Float {
    var (u, v) = (x, y)
    var sum: Float = 0
    for octave in 0..<octaves {
      sum += weights[octave] * (0.28 - abs(noise.value(u, v) - 0.5) * 1.6)
      (u, v) = (1.6 * u - 1.2 * v + 17.1, 1.2 * u + 1.6 * v - 9.7)
    }
    return sum
  }

  @inline(__always)
  private func stripes(_ u: Float, _ v: Float) -> Float {
    let bend = warp * (noise.layered(0.35 * u, 0.35 * v) - 0.5)
    let wave = PortableMath.sine(turns: u + bend) + 0.3 * (persistence - 0.75)
    let steep = 1 + 5 * sharpness * visibility
    let stepped = wave * steep / (1 + (steep - 1) * abs(wave))
    // Some stripes are darker than others.
    let column = noise.cell(wholePart(u + bend), 77)
    return visibility * stepped * (0.55 + 0.6 * column)
  }

  @inline(__always)
  private func speckle(_ u: Float, _ v: Float) -> Float {
    let column = wholePart(u)
    let row = wholePart(v)
    var most: Float = 0
    for r in (row &- 1)...(row &+ 1) {
      for c in (column &- 1)...(column &+ 1) {
        let present = noise.cell(c, r &* 3)
        guard present < persistence else { continue }
        let dx = u - Float(c) - noise.cell(c &* 3, r)
        let dy = v - Float(r) - noise.cell(c, r &+ 1_000)
        let radius = 0.2 + 0.5 * noise.cell(c &+ 1_000, r)
        let squared = (dx * dx + dy * dy) / (radius * radius)
        if squared < 1 {
          let flat = min(bell(squared) * (1 + 3 * sharpness), 1)
          most = max(most, flat * (0.4 + 0.6 * present))
        }
      }
    }
    return visibility * (1.6 * most - 0.45)
  }

  @inline(__always)
  private func cellular(_ x: Float, _ y: Float) -> Float {
    let bend = warp * (noise.value(0.9 * x + 5, 0.9 * y) - 0.5)
    let u = x + bend
    let v = y - bend
    let column = wholePart(u)
    let row = wholePart(v)
    var nearest: Float = 9
    var second: Float = 9
    var owner: Float = 0
    for r in (row &- 1)...(row &+ 1) {
      for c in (column &- 1)...(column &+ 1) {
        let dx = u - Float(c) - noise.cell(c, r)
        let dy = v - Float(r) - noise.cell(c &+ 500, r)
        let squared = dx * dx + dy * dy
        if squared < nearest {
          second = nearest
          nearest = squared
          owner = noise.cell(c, r &+ 500)
        } else if squared < second {
          second = squared
        }
      }
    }
    let gap = second.squareRoot() - nearest.squareRoot()
    if kind == .cracks {
      return visibility * (smoothstep(0, 0.1 + 0.3 * (1 - sharpness), gap) * 1.2 - 0.95)
    }
    // Where two cells meet, the brightness changes within a pixel or two.
    let inside = saturate(0.3 + gap * frequency.x * 0.05 + 2 * gap)
    return visibility * inside * (2 * owner - 1 - 0.3 * nearest)
  }

  @inline(__always)
  private func bricks(_ x: Float, _ y: Float) -> Float {
    let bend = 0.1 * warp * (noise.value(x, y) - 0.5)
    let v = y + bend
    let row = wholePart(v)
    let u = x + bend + (persistence > 0.7 ? 0.5 * Float(row & 1) : 0)
    let column = wholePart(u)
    let left = u - Float(column)
    let top = v - Float(row)
    let edge = min(
      min(left, 1 - left) / frequency.x, min(top, 1 - top) / frequency.y)
    let wall = 0.12 / max(frequency.x, frequency.y)
    let face = noise.cell(column, row)
    return visibility * mix(-1, 0.35 + 0.9 * (face - 0.5), saturate(edge / wall - 0.3))
  }

  @inline(__always)
  private func weave(_ u: Float, _ v: Float) -> Float {
    let bend = 0.5 * warp * (noise.value(0.2 * u, 0.2 * v) - 0.5)
    return visibility * PortableMath.sine(turns: u + bend)
      * PortableMath.sine(turns: v - bend)
  }
}
