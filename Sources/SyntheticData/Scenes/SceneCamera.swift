/// The light on the whole scene, and how the camera records it.
struct SceneCamera {
  private let noise: LatticeNoise
  private let grain: LatticeNoise
  /// Unevenness of the light in stops, and its wavelength in frame widths.
  private let unevenness: Float
  private let wavelength: Float
  private let gradient: SIMD2<Float>
  /// Tint of the light.
  private let balance: Vector3
  /// The display values that the mean and the standard deviation of brightness come near.
  private let mean: Float
  private let deviation: Float
  /// Share of each neighbour in a pixel's blur.
  private let blur: Float
  /// Standard deviation of the noise in display values, and the share of it common to the channels.
  private let noiseLevel: Float
  private let commonNoise: Float

  /// A camera and a light.
  init(isMicrograph: Bool, from random: inout SceneRandom) {
    noise = random.noise()
    grain = random.noise()
    unevenness = random.logUniform(0.08, 0.9)
    wavelength = random.uniform(0.25, 1.2)
    gradient = random.scatter() * 0.35
    let warmth = isMicrograph ? 0 : random.normal(0, 0.09)
    balance = Vector3(1 + warmth, 1, 1 - warmth)
    mean = isMicrograph ? random.uniform(0.25, 0.55) : random.normal(0.42, 0.09)
    deviation = max(random.normal(0.175, 0.045), 0.05)
    blur = random.uniform(0, 0.13)
    let level = random.uniform(0, 1)
    noiseLevel = (isMicrograph ? 0.05 : 0.018) * level * level * level + 0.0015
    commonNoise = isMicrograph ? 1 : random.uniform(0.3, 0.9)
  }

  /// The picture's display values in 0...1, RGB, from linear light.
  func develop(_ scene: [Vector3], size: Int) -> [Float] {
    var picture = scene
    illuminate(&picture, size: size)
    expose(&picture)
    soften(&picture, size: size)
    return record(picture, size: size)
  }

  private func illuminate(_ picture: inout [Vector3], size: Int) {
    let scale = 1 / Float(size)
    for row in 0..<size {
      for column in 0..<size {
        let x = (Float(column) + 0.5) * scale
        let y = (Float(row) + 0.5) * scale
        let field =
          unevenness * 2 * (noise.layered(x / wavelength, y / wavelength) - 0.5)
          + gradient.x * (x - 0.5) + gradient.y * (y - 0.5)
        picture[row * size + column] *= balance * PortableMath.exp2(field)
      }
    }
  }

  /// Display values with about the chosen mean and contrast, softly limited to 0...1.
  private func expose(_ picture: inout [Vector3]) {
    var sum: Double = 0
    var squares: Double = 0
    for index in picture.indices {
      let light = picture[index]
      let displayed = Vector3(
        PortableMath.displayed(light.x), PortableMath.displayed(light.y),
        PortableMath.displayed(light.z))
      picture[index] = displayed
      let brightness = Double(displayed.x * 0.3 + displayed.y * 0.59 + displayed.z * 0.11)
      sum += brightness
      squares += brightness * brightness
    }
    let count = Double(picture.count)
    let average = sum / count
    let spread = max(squares / count - average * average, 1e-6).squareRoot()
    // A dull scene stays rather dull, and a harsh one rather harsh.
    let gain = min(max(PortableMath.power(deviation / Float(spread), 0.75), 0.5), 1.6)
    let middle = Float(average)
    for index in picture.indices {
      let value = (picture[index] - middle) * gain + mean
      picture[index] = Vector3(limited(value.x), limited(value.y), limited(value.z))
    }
  }

  /// Bends values near and beyond 0 and 1 back into the range.
  @inline(__always)
  private func limited(_ value: Float) -> Float {
    let toe: Float = 0.08
    if value < toe { return toe * toe / max(2 * toe - value, toe) }
    let shoulder: Float = 0.9
    if value > shoulder {
      let beyond = value - shoulder
      return shoulder + beyond / (1 + beyond * 10)
    }
    return value
  }

  /// The blur of the lens: each pixel takes a share of its neighbours, along rows, then columns.
  private func soften(_ picture: inout [Vector3], size: Int) {
    guard blur > 0.01 else { return }
    for step in [1, size] {
      for line in 0..<size {
        let start = step == 1 ? line * size : line
        var previous = picture[start]
        for position in 0..<size {
          let index = start + position * step
          let here = picture[index]
          let next = position + 1 < size ? picture[index + step] : here
          picture[index] = here * (1 - 2 * blur) + (previous + next) * blur
          previous = here
        }
      }
    }
  }

  private func record(_ picture: [Vector3], size: Int) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(picture.count * 3)
    // The sum of two uniform numbers has a standard deviation of 0.41.
    let common = noiseLevel * commonNoise.squareRoot() * 2.45
    let own = noiseLevel * (1 - commonNoise).squareRoot() * 2.45
    for row in 0..<size {
      for column in 0..<size {
        let value = picture[row * size + column]
        let (c, r) = (Int32(column), Int32(row))
        let shared = common * (grain.cell(c, r) + grain.cell(c, r &+ 5_000) - 1)
        for channel in 0..<3 {
          let offset = Int32(channel + 1) &* 10_000
          let single =
            own == 0
            ? 0 : own * (grain.cell(c &+ offset, r) + grain.cell(c &+ offset, r &+ 5_000) - 1)
          let level = value[channel]
          // Bright places have more noise.
          let noisy = level + (shared + single) * (0.6 + 0.8 * level)
          values.append(saturate(noisy))
        }
      }
    }
    return values
  }
}
