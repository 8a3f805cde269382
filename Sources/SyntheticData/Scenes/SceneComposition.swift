/// All that is in a picture: things from front to back, what is behind them, the light and the camera.
struct SceneComposition {
  /// From front to back.
  var things: [SceneThing] = []
  private(set) var background: SceneSurface
  private(set) var backgroundBlur: Float = 0
  /// Unit vector in the picture towards the light.
  let towardsLight: SIMD2<Float>
  let camera: SceneCamera
  let palette: ScenePalette

  private let shadow: Float
  private let aperture: Float
  private let focus: Float

  /// The scene of one seed and index.
  init(from random: inout SceneRandom) {
    let kind = random.choice(
      (SceneKind.clutter, 3), (.landscape, 2.4), (.closeUp, 2), (.built, 1.8), (.thicket, 1.2),
      (.micrograph, 1.8))
    let isGrey = kind == .micrograph || random.chance(0.04)
    palette = ScenePalette(isGrey: isGrey, from: &random)
    let lightAngle = random.uniform(0.55, 0.95)
    towardsLight = PortableMath.direction(turns: lightAngle)
    shadow = random.chance(0.8) ? random.uniform(0.15, 0.8) : 0
    aperture = random.chance(0.45) ? random.logUniform(0.003, 0.07) : 0
    focus = random.chance(0.8) ? random.uniform(0, 0.35) : random.uniform(0.3, 1)
    camera = SceneCamera(isMicrograph: kind == .micrograph, from: &random)
    background = SceneMaterial(from: &random, palette: palette)
      .surface(size: 0.7, angle: 0, palette: palette, from: &random)
    if kind != .micrograph { addShadows(from: &random) }
    if kind != .micrograph && random.chance(0.15) { addLines(depth: 0.1, from: &random) }
    switch kind {
    case .clutter: composeClutter(from: &random)
    case .landscape: composeLandscape(from: &random)
    case .closeUp: composeCloseUp(from: &random)
    case .built: composeBuilt(from: &random)
    case .thicket: composeThicket(from: &random)
    case .micrograph: composeMicrograph(from: &random)
    }
  }

  /// Blur of a thing at a depth, 0 in front and 1 far away.
  func blur(atDepth depth: Float) -> Float {
    aperture * abs(depth - focus)
  }

  /// Replaces what is behind everything.
  mutating func setBackground(_ surface: SceneSurface, depth: Float) {
    background = surface
    backgroundBlur = blur(atDepth: depth)
  }

  /// Adds a thing behind all others.
  mutating func add(
    _ shape: SceneShape, _ surface: SceneSurface, depth: Float, size: Float,
    from random: inout SceneRandom
  ) {
    var surface = surface
    surface.reliefReach = min(surface.reliefReach, shape.smoothDepth)
    let length = size * random.uniform(0.05, 0.4)
    things.append(
      SceneThing(
        shape: shape, surface: surface, blur: blur(atDepth: depth),
        shadow: shadow, shadowOffset: towardsLight * -length,
        shadowBlur: 0.004 + length * random.uniform(0.3, 1.6)))
  }

  /// Adds one thing of a material.
  mutating func add(
    _ family: SceneShape.Family, _ material: SceneMaterial, size: Float, at centre: SIMD2<Float>,
    angle: Float, depth: Float, from random: inout SceneRandom
  ) {
    let shape = SceneShape(family, size: size, at: centre, angle: angle, from: &random)
    let surface = material.surface(
      size: min(size, shape.thickness), angle: angle, palette: palette, from: &random)
    add(shape, surface, depth: depth, size: min(size, 2 * shape.thickness), from: &random)
  }
}

/// The kinds of scenes.
enum SceneKind {
  /// Things of all sizes in front of one another.
  case clutter
  /// Sky, hills, ground, and things on it.
  case landscape
  /// A few large things, often in front of a blurred background.
  case closeUp
  /// Walls, windows, boards, wires.
  case built
  /// Leaves, grass, branches, hair.
  case thicket
  /// Particles, fibres or grains under a microscope.
  case micrograph
}
