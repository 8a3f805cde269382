import Foundation

extension Background {
  /// The colour of the background at a place of the frame, both axes in 0...1 from the top left.
  func colour(at place: SIMD2<Float>) -> Vector3 {
    let (first, second, third) = colours
    let mottle = 0.94 + 0.12 * noise.layered(place.x * 3, place.y * 3)
    switch kind {
    case .plain:
      return first * mottle
    case .gradient:
      let along = (place.x - 0.5) * cosf(angle) + (place.y - 0.5) * sinf(angle)
      return mix(first, second, smoothstep(-0.7, 0.7, along)) * mottle
    case .spot:
      let from = place - SIMD2(mix(0.3, 0.7, position.x), position.y)
      return mix(second, first, bell((from * from).sum() / (0.4 + size.y))) * mottle
    case .lights:
      return withDiscs(mix(first, second, place.y) * mottle * 0.6, at: place)
    case .horizon:
      let line = mix(0.35, 0.85, position.y) + 0.06 * (noise.value(place.x * 4, 1) - 0.5)
      let hills = mix(0.05, 0.3, size.x) * noise.value(place.x * 2.5, 5)
      let sky = first * (1.05 - 0.25 * (1 - place.y))
      let ground = mix(second, third, smoothstep(line, 1, place.y)) * mottle
      let far = mix(second, first, 0.4)
      let withHills = mix(
        sky, far, smoothstep(line - hills - softness, line - hills + softness, place.y))
      return mix(withHills, ground, smoothstep(line - softness, line + softness, place.y))
    case .window:
      let from = SIMD2(abs(place.x - position.x), abs(place.y - position.y * 0.8))
      let pane =
        smoothstep(size.x / 2 + softness, size.x / 2 - softness, from.x)
        * smoothstep(size.y / 2 + softness, size.y / 2 - softness, from.y)
      let bar = smoothstep(0.01, 0.03 + softness * 0.5, from.x)
      let wall = mix(first, second, place.x) * (0.7 + 0.3 * mottle)
      let falloff = 1 + 0.4 * bell((from * from).sum())
      return mix(wall * falloff, Vector3(1.0, 1.05, 1.12), pane * mix(0.5, 1, bar) * 0.9)
    case .foliage:
      let large = noise.layered(place.x * 5, place.y * 5)
      let small = noise.layered(place.x * 11 + 20, place.y * 11)
      let leaves = mix(first, second, smoothstep(0.25, 0.75, 0.65 * large + 0.35 * small))
      return withDiscs(leaves, at: place)
    case .panels:
      let turned = place.x * cosf(angle * 0.1) + place.y * sinf(angle * 0.1)
      let across: Float = turned * mix(3, 9, size.x)
      let column = across.rounded(.down)
      let next = smoothstep(1 - softness * 4, 1, across - column)
      let panel = mix(
        noise.cell(Int32(column), 3), noise.cell(Int32(column) + 1, 3), next)
      return mix(mix(first, second, panel), third, 0.35 * place.y) * mottle
    }
  }

  private func withDiscs(_ base: Vector3, at place: SIMD2<Float>) -> Vector3 {
    var result = base
    for disc in discs {
      let from = place - disc.centre
      let squared = (from * from).sum()
      guard squared < disc.radius * disc.radius * 1.6 else { continue }
      let distance = squared.squareRoot() / disc.radius
      result = mix(
        result, disc.colour, 0.6 * smoothstep(1.2, 1.2 - 0.9 * disc.softness - 0.1, distance))
    }
    return result
  }
}
