/// What a shape is made of, and how light falls on it.
struct SceneSurface {
  /// Linear light of the surface where its pattern is dark and where it is light.
  var colour: Vector3
  var accent: Vector3
  /// How much of the pattern shows as a change from `colour` to `accent`, 0...1.
  var blend: Float
  /// The pattern, and its strength in stops (factors of two of light).
  var texture: SceneTexture?
  var contrast: Float
  /// A finer pattern, and its strength in stops.
  var grain: SceneTexture?
  var grainContrast: Float
  /// Change of light across the frame, in stops a frame width.
  var gradient: SIMD2<Float>
  /// Change of light from the middle, in stops at a distance of `glowReach`.
  var glow: Float
  var glowReach: Float
  /// Strength of the shading of a rounded edge in stops, and how far it reaches inwards.
  var relief: Float
  var reliefReach: Float
  /// Darkening (or brightening, where negative) of the edge in stops.
  var edge: Float

  /// Prepares the patterns for a resolution in frame widths.
  mutating func bind(resolution: Float) {
    texture?.bind(resolution: resolution)
    grain?.bind(resolution: resolution)
  }

  /// Linear light at a place.
  ///
  /// - Parameters:
  ///   - place: in frame widths.
  ///   - offset: from the middle of the shape.
  ///   - depth: how far inside the outline, at least 0.
  ///   - facing: how far the edge faces the light, -1...1.
  @inline(__always)
  func light(
    at place: SIMD2<Float>, offset: SIMD2<Float>, depth: Float, facing: Float
  ) -> Vector3 {
    var stops = min(max((gradient * offset).sum(), -2), 2)
    var base = colour
    if let texture {
      let value = texture.value(place.x, place.y)
      stops += contrast * value
      if blend > 0 { base = mix(base, accent, blend * saturate(0.5 + 0.6 * value)) }
    }
    if let grain { stops += grainContrast * grain.value(place.x, place.y) }
    if glow != 0 { stops += glow * (1 - min((offset * offset).sum() / (glowReach * glowReach), 2)) }
    if depth < reliefReach {
      let slope = 1 - depth / reliefReach
      stops += slope * (relief * facing - edge * slope)
    }
    return base * PortableMath.exp2(stops)
  }
}

/// One thing of a scene.
struct SceneThing {
  var shape: SceneShape
  var surface: SceneSurface
  /// Width of its edges in frame widths, from blur alone.
  var blur: Float
  /// How much of the light behind it is taken, 0...1; where the shadow falls; how soft it is.
  var shadow: Float
  var shadowOffset: SIMD2<Float>
  var shadowBlur: Float
  /// Whether the thing itself is outside the picture and only its shadow is seen.
  var isShadow = false
}
