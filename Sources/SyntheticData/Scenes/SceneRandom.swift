/// Draws for scenes, from one seeded sequence, by portable functions alone.
struct SceneRandom: UniformDraws {
  private var traits: RandomTraits

  /// The sequence of one scene.
  init(seed: UInt64, index: Int) {
    // Scenes share no draws with the faces of the same seed.
    traits = RandomTraits(seed: seed ^ 0x5363_656E_6573_0001, index: index)
  }

  /// A uniform value from `low` to `high`.
  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    traits.uniform(low, high)
  }

  /// A value from `low` to `high`, both positive, whose logarithm is uniform.
  mutating func logUniform(_ low: Float, _ high: Float) -> Float {
    low * PortableMath.power(high / low, uniform(0, 1))
  }

  /// A whole number in `range`, each equally likely.
  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    let count = Float(range.count)
    return min(range.lowerBound + Int(uniform(0, count)), range.upperBound)
  }

  /// True with the given probability.
  mutating func chance(_ probability: Float) -> Bool {
    traits.chance(probability)
  }

  /// Nearly a normal deviate: the sum of six uniform ones, within 4.2 standard deviations.
  mutating func normal(_ mean: Float = 0, _ deviation: Float = 1) -> Float {
    var sum: Float = -3
    for _ in 0..<6 { sum += uniform(0, 1) }
    return mean + deviation * sum * 1.414_213_5
  }

  /// A size with the density `size^-exponent` from `low` to `high`; the exponent is above 1.
  mutating func powerLaw(_ low: Float, _ high: Float, exponent: Float) -> Float {
    let lowest = PortableMath.power(low, 1 - exponent)
    let highest = PortableMath.power(high, 1 - exponent)
    return PortableMath.power(mix(lowest, highest, uniform(0, 1)), 1 / (1 - exponent))
  }

  /// A point of the unit disc, denser towards the middle.
  mutating func scatter() -> SIMD2<Float> {
    SIMD2(normal(), normal())
  }

  /// A seed for a noise function.
  mutating func noise() -> LatticeNoise {
    traits.noise()
  }
}
