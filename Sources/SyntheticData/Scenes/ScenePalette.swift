/// The few colours that a scene is made of, and the light on it.
struct ScenePalette {
  /// A colour: hue in 0...1, saturation in 0...1.
  struct Tint {
    var hue: Float
    var saturation: Float
  }

  private var tints: [Tint]
  /// Multiplies saturations; 0 for a grey scene.
  private var vividness: Float
  /// The middle and spread of display values.
  private var brightness: Float
  private var spread: Float

  /// A palette of natural hues: earth, wood and skin, leaves, sky and water, stone; seldom others.
  init(isGrey: Bool, from random: inout SceneRandom) {
    vividness = isGrey ? 0 : random.logUniform(0.6, 2)
    brightness = random.uniform(0.36, 0.58)
    spread = random.uniform(0.16, 0.30)
    tints = []
    for _ in 0..<random.integer(2...4) {
      let hue = random.choice(
        (random.normal(0.08, 0.025), 4), (random.normal(0.25, 0.05), 2.4),
        (random.normal(0.57, 0.03), 2), (random.normal(0.13, 0.02), 1),
        (random.uniform(0, 1), 0.9))
      let level = random.uniform(0, 1)
      tints.append(Tint(hue: hue + 1, saturation: 0.1 + 0.7 * level * level))
    }
  }

  /// One of the tints, slightly varied.
  func tint(from random: inout SceneRandom) -> Tint {
    var tint = tints[random.integer(0...(tints.count - 1))]
    if random.chance(0.25) { tint.saturation *= 0.25 }
    // Few things are painted, ripe or in flower.
    if random.chance(0.04) { tint.saturation = random.uniform(0.6, 1) }
    return varied(tint, by: 1, from: &random)
  }

  /// A tint near another, as leaves of one tree or stones of one wall are.
  func varied(_ tint: Tint, by amount: Float, from random: inout SceneRandom) -> Tint {
    Tint(
      hue: tint.hue + random.normal(0, 0.015 * amount),
      saturation: saturate(
        tint.saturation * PortableMath.exp2(random.normal(0, 0.35 * amount))))
  }

  /// A display value of this scene.
  func value(from random: inout SceneRandom) -> Float {
    min(max(random.normal(brightness, spread), 0.04), 0.97)
  }

  /// Linear light of a tint at a display value.
  func light(_ tint: Tint, value: Float) -> Vector3 {
    // Very dark and very light colours are less saturated than those between.
    let saturation = saturate(tint.saturation * vividness * (1.15 - 0.7 * value))
    return PortableMath.light(
      hue: tint.hue, saturation: saturation, value: min(max(value, 0.03), 0.98))
  }
}
