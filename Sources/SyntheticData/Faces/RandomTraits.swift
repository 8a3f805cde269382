import Foundation
import Numerics

/// Random draws for traits, from one seeded sequence.
struct RandomTraits: UniformDraws {
  private var generator: Xoshiro256

  /// The sequence of one picture.
  ///
  /// `index` is mixed into `seed`, so every picture has its own.
  init(seed: UInt64, index: Int) {
    var z = seed &+ (UInt64(bitPattern: Int64(index)) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    generator = Xoshiro256(seed: z ^ (z >> 31))
  }

  /// A uniform value from `low` to `high`.
  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * (Float(generator.next() >> 40) * (1 / 16_777_216))
  }

  /// True with the given probability.
  mutating func chance(_ probability: Float) -> Bool {
    uniform(0, 1) < probability
  }

  /// A normal deviate (Box and Muller), limited to three standard deviations.
  mutating func normal(_ mean: Float = 0, _ deviation: Float = 1) -> Float {
    let radius = (-2 * logf(max(uniform(0, 1), 1e-7))).squareRoot()
    let deviate = radius * cosf(2 * Float.pi * uniform(0, 1))
    return mean + deviation * min(max(deviate, -3), 3)
  }

  /// A seed for a noise function.
  mutating func noise() -> LatticeNoise {
    LatticeNoise(seed: UInt32(truncatingIfNeeded: generator.next() >> 32))
  }
}
