/// Paints things from front to back.
///
/// A pixel that is covered is never computed again, so what a scene costs depends little on how many things
/// lie behind one another. Edges are smoothed by the share of a pixel that a shape covers, which follows from
/// its distance; there is no supersampling.
struct ScenePainter {
  private let size: Int
  private let pixel: Float
  private var colours: [Vector3]
  /// The share of each pixel that nothing covers yet, and the light that falls through to what lies behind.
  private var open: [Float]
  private var light: [Float]
  private var map: DistanceMap
  private let towardsLight: SIMD2<Float>

  /// An empty picture; `towardsLight` is a unit vector.
  init(size: Int, towardsLight: SIMD2<Float>) {
    self.size = size
    self.towardsLight = towardsLight
    pixel = 1 / Float(size)
    colours = [Vector3](repeating: .zero, count: size * size)
    open = [Float](repeating: 1, count: size * size)
    light = [Float](repeating: 1, count: size * size)
    map = DistanceMap(size: size)
  }

  /// Paints a thing behind all those painted before.
  mutating func paint(_ thing: SceneThing) {
    let shadowReach =
      thing.shadow > 0
      ? max(abs(thing.shadowOffset.x), abs(thing.shadowOffset.y)) + thing.shadowBlur : 0
    let softness = max(thing.blur, pixel)
    let margin = max(softness, shadowReach) + pixel
    guard map.frame(thing.shape, margin: margin), isOpen() else { return }
    map.measure(thing.shape, margin: margin)
    guard !thing.isShadow else { return castShadow(of: thing) }
    var surface = thing.surface
    surface.bind(resolution: pixel + 0.7 * thing.blur)
    // Of what is thinner than the blur, only a part is seen.
    let solidity = min(thing.shape.thickness / softness, 1)
    let scale = 1 / softness
    let needsEdge = surface.relief != 0
    for row in map.rows {
      let y = (Float(row) + 0.5) * pixel
      for column in map.columns {
        let index = row * size + column
        let through = open[index]
        guard through > 0.004 else { continue }
        let distance = map[column, row]
        let covered = smoothstep(0.5, -0.5, distance * scale * 0.75) * solidity
        guard covered > 0.002 else { continue }
        let place = SIMD2((Float(column) + 0.5) * pixel, y)
        let depth = max(-distance, 0)
        var facing: Float = 0
        if needsEdge && depth < surface.reliefReach {
          let slope = SIMD2(
            map.nearest(column + 1, row) - map.nearest(column - 1, row),
            map.nearest(column, row + 1) - map.nearest(column, row - 1))
          facing = (slope * towardsLight).sum() / (2 * pixel)
        }
        let seen = surface.light(
          at: place, offset: place - thing.shape.centre, depth: depth, facing: facing)
        colours[index] += seen * (through * covered * light[index])
        open[index] = through * (1 - covered)
      }
    }
    if thing.shadow > 0 { castShadow(of: thing) }
  }

  private mutating func castShadow(of thing: SceneThing) {
    let columnOffset = Int((thing.shadowOffset.x * Float(size)).rounded())
    let rowOffset = Int((thing.shadowOffset.y * Float(size)).rounded())
    let scale = 1 / max(thing.shadowBlur, pixel)
    for row in map.rows {
      for column in map.columns {
        let index = row * size + column
        guard open[index] > 0.004 else { continue }
        let distance = map.nearest(column - columnOffset, row - rowOffset)
        light[index] *= 1 - thing.shadow * smoothstep(0.5, -0.5, distance * scale)
      }
    }
  }

  /// Whether any pixel of the rectangle is still to be painted.
  private func isOpen() -> Bool {
    for row in map.rows {
      for column in map.columns where open[row * size + column] > 0.004 { return true }
    }
    return false
  }

  /// The picture in linear light, after painting a surface behind everything.
  mutating func finished(background: SceneSurface, blur: Float) -> [Vector3] {
    var surface = background
    surface.bind(resolution: pixel + 0.7 * blur)
    let middle = SIMD2<Float>(0.5, 0.5)
    for row in 0..<size {
      for column in 0..<size {
        let index = row * size + column
        guard open[index] > 0.002 else { continue }
        let place = SIMD2((Float(column) + 0.5) * pixel, (Float(row) + 0.5) * pixel)
        let seen = surface.light(
          at: place, offset: place - middle, depth: Float.greatestFiniteMagnitude, facing: 0)
        colours[index] += seen * (open[index] * light[index])
      }
    }
    return colours
  }
}
