/// The light that a surface sends to the camera on the z axis.
struct Illumination {
  private let light: FaceTraits.Light
  private let half: Vector3
  private let fillHalf: Vector3

  /// The effect of the given lights.
  init(_ light: FaceTraits.Light) {
    self.light = light
    half = normalized(light.keyDirection + Vector3(0, 0, 1))
    fillHalf = normalized(light.fillDirection + Vector3(0, 0, 1))
  }

  /// The unit vector towards the main light.
  var keyDirection: Vector3 { light.keyDirection }

  /// The main light's colour.
  var keyColour: Vector3 { light.keyColour }

  /// Light that falls on a surface, softened by light that spreads below it.
  ///
  /// - Parameters:
  ///   - normal: unit normal.
  ///   - visibility: the fraction of the main light that is not shadowed.
  ///   - openness: the fraction of the surroundings that is not hidden.
  ///   - wrap: how far light creeps around the edge of the lit side, for each colour.
  @inline(__always)
  func diffuse(
    _ normal: Vector3, visibility: Float, openness: Float, wrap: Vector3
  ) -> Vector3 {
    let zero = Vector3.zero
    let key = (Vector3(repeating: dot(normal, light.keyDirection)) + wrap) / (1 + wrap)
    let fill = (Vector3(repeating: dot(normal, light.fillDirection)) + wrap) / (1 + wrap)
    let lit = pointwiseMax(key, zero) * light.keyColour * visibility
    let filled = pointwiseMax(fill, zero) * light.fillColour * openness
    let ambient = mix(light.groundColour, light.skyColour, 0.5 + 0.5 * normal.y)
    return lit + filled + ambient * openness
  }

  /// The mirror-like part of the light, as a factor of the lights' colours.
  @inline(__always)
  func highlight(_ normal: Vector3, visibility: Float, openness: Float) -> Vector3 {
    let key = max(dot(normal, half), 0)
    let fill = max(dot(normal, fillHalf), 0)
    let key4 = key * key * key * key
    let key16 = key4 * key4 * key4 * key4
    let fill4 = fill * fill * fill * fill
    let fill16 = fill4 * fill4 * fill4 * fill4
    // A broad lobe of rough skin and a narrow one of its film of oil.
    let keyLobes = 0.45 * key4 * key4 + 0.9 * key16 * key16
    return light.keyColour * (keyLobes * visibility) + light.fillColour * (fill16 * openness)
  }

  /// A thin brightening of edges that are turned away from the camera.
  @inline(__always)
  func edgeLight(_ normal: Vector3, openness: Float) -> Vector3 {
    let turned = 1 - max(normal.z, 0)
    let squared = turned * turned
    return (light.skyColour + light.fillColour * max(dot(normal, light.fillDirection), 0))
      * (squared * squared * openness)
  }
}
