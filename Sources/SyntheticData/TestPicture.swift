import Foundation
import Numerics
import Signals

/// The default picture to fit: a moon over mountains and water, with smooth shades, hard edges and
/// fine texture.
public enum TestPicture {
  /// The picture in 1 channel.
  ///
  /// Sizes differ only in detail.
  ///
  /// - Parameters:
  ///   - size: width and height in pixels, at least 1.
  ///   - seed: the seed of the mountains, stars and ripples.
  public static func draw(size: Int, seed: UInt64 = 1) -> Image {
    let scene = Scene(seed: seed)
    var image = Image(width: size, height: size, channels: 1)
    // Four samples per pixel smooth the edges.
    let offsets = [0.25, 0.75]
    for row in 0..<size {
      for column in 0..<size {
        var sum = 0.0
        for down in offsets {
          for right in offsets {
            sum += scene.brightness(
              x: (Double(column) + right) / Double(size), y: (Double(row) + down) / Double(size))
          }
        }
        image[row, column, 0] = Float(min(1, max(0, sum / 4)))
      }
    }
    return image
  }
}

/// The picture as a function of x to the right and y downwards, each 0...1.
private struct Scene {
  private let noise: [Double]
  private let stars: [(x: Double, y: Double, brightness: Double)]
  private static let horizon = 0.70
  private static let moon = (x: 0.66, y: 0.27, radius: 0.105)

  init(seed: UInt64) {
    var random = Xoshiro256(seed: seed, .testPicture)
    noise = (0..<4_096).map { _ in random.uniform() }
    stars = (0..<70).map { _ in
      (random.uniform(), random.uniform() * 0.5, 0.25 + 0.6 * random.uniform())
    }
  }

  func brightness(x: Double, y: Double) -> Double {
    guard y > Self.horizon else { return above(x: x, y: y) }
    // Water shows the scene upside down and darker. Ripples that widen towards the viewer shift its
    // columns.
    let depth = (y - Self.horizon) / (1 - Self.horizon)
    let ripple = waves(x: x * 5, y: depth * 26 / (0.35 + depth)) - 0.5
    let mirrored = above(
      x: x + ripple * 0.05 * (0.2 + depth), y: Self.horizon - (y - Self.horizon) * 1.25)
    let glitter = exp(-pow((x - Self.moon.x) / (0.05 + 0.16 * depth), 2)) * max(0, ripple + 0.1)
    return 0.10 + 0.55 * mirrored + 0.18 * ripple * (0.4 + depth) + 0.9 * glitter
  }

  private func above(x: Double, y: Double) -> Double {
    let ridges: [(base: Double, height: Double, scale: Double, shade: Double)] = [
      (0.60, 0.30, 2.7, 0.42), (0.64, 0.22, 4.1, 0.27), (0.69, 0.15, 6.3, 0.12),
    ]
    // The nearest ridge hides the others.
    for (index, ridge) in ridges.enumerated().reversed() {
      let crest =
        ridge.base - 2.2 * ridge.height
        * (fractal(x * ridge.scale + Double(index) * 17.3, 5.0, octaves: 6) - 0.42)
      if y > crest {
        let slope = fractal(x * 24 + Double(index) * 5, y * 30, octaves: 4) - 0.5
        let haze = 0.16 * (y - crest) / max(0.05, Self.horizon - crest)
        return ridge.shade + 0.22 * slope + haze
      }
    }
    return sky(x: x, y: y)
  }

  private func sky(x: Double, y: Double) -> Double {
    let moon = Self.moon
    let (dx, dy) = (x - moon.x, y - moon.y)
    let distance = (dx * dx + dy * dy).squareRoot()
    if distance < moon.radius {
      let (u, v) = (dx / moon.radius, dy / moon.radius)
      let limb = (1 - min(1, u * u + v * v)).squareRoot()
      let seas = fractal(u * 1.9 + 40, v * 1.9 + 9, octaves: 5)
      return 0.80 + 0.14 * limb - 0.42 * max(0, seas - 0.45) - 0.05 * (1 - limb)
    }
    var light = 0.14 + 0.56 * y + 0.30 * exp(-(distance - moon.radius) / 0.09)
    let clouds = fractal(x * 3.2 + 7, y * 11 + 3, octaves: 5)
    light += 0.34 * max(0, clouds - 0.50) * (0.4 + y)
    for star in stars {
      let gap = (x - star.x) * (x - star.x) + (y - star.y) * (y - star.y)
      light += star.brightness * exp(-gap / 4e-6)
    }
    return light
  }

  private func waves(x: Double, y: Double) -> Double {
    0.5 * fractal(x, y, octaves: 3) + 0.25
      * (1 + sin(y * 4 + 3 * fractal(x * 1.7, y * 0.4, octaves: 2)))
  }

  /// Noise of several octaves, 0...1.
  private func fractal(_ x: Double, _ y: Double, octaves: Int) -> Double {
    var (sum, weight, total, scale) = (0.0, 0.5, 0.0, 1.0)
    for octave in 0..<octaves {
      sum += weight * lattice(x * scale + Double(octave) * 31.7, y * scale + Double(octave) * 12.9)
      total += weight
      weight *= 0.5
      scale *= 2.03
    }
    return sum / total
  }

  /// Random numbers at whole positions, joined smoothly.
  private func lattice(_ x: Double, _ y: Double) -> Double {
    let (column, row) = (x.rounded(.down), y.rounded(.down))
    let smooth = { (t: Double) in t * t * (3 - 2 * t) }
    let (u, v) = (smooth(x - column), smooth(y - row))
    let at = { (right: Int, down: Int) -> Double in
      let number = UInt64(bitPattern: Int64(column) &+ Int64(right)) &* 0x9E37_79B9_7F4A_7C15
      let mixed =
        (number ^ (UInt64(bitPattern: Int64(row) &+ Int64(down)) &* 0xC2B2_AE3D_27D4_EB4F))
      return noise[Int((mixed ^ (mixed >> 29)) % 4_096)]
    }
    let top = at(0, 0) + (at(1, 0) - at(0, 0)) * u
    let bottom = at(0, 1) + (at(1, 1) - at(0, 1)) * u
    return top + (bottom - top) * v
  }
}
