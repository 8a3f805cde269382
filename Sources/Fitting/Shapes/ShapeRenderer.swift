import Fields
import Foundation
import Numerics
import Signals

/// Draws the surface on which a field is 0, by sphere tracing, with shading from the field's own gradient.
///
/// A ray advances by the distance that the field states (Hart 1996, "Sphere tracing"), divided by the largest gradient where the
/// field is no exact distance. Where the sign changes, the place is found by bisection.
public struct ShapeRenderer: Sendable {
  private let field: any Field
  private let coarse: CoarseDistance

  private static let mostSteps = 160
  private static let bisections = 12
  /// The distance that counts as the surface.
  private static let closeness = 2e-4

  /// Prepares a field of three coordinates; its first channel is used.
  public init(_ field: any Field) {
    self.field = field
    coarse = CoarseDistance(field)
  }

  /// A picture of the surface in colour, white where there is none.
  ///
  /// - Parameters:
  ///   - width: pixels.
  ///   - height: pixels.
  ///   - camera: the position of the viewer.
  public func picture(width: Int, height: Int, camera: ShapeCamera) -> Image {
    var image = Image(width: width, height: height, channels: 3, filledWith: 1)
    // Rows in bands, so that memory stays small.
    let band = max(1, (1 << 18) / width)
    var hits = [Bool](repeating: false, count: width * height)
    var normals = [SIMD3<Double>](repeating: .zero, count: width * height)
    for start in stride(from: 0, to: height, by: band) {
      let rows = start..<min(height, start + band)
      let pixels = rows.flatMap { row in
        (0..<width).map { (Double($0) + 0.5, Double(row) + 0.5) }
      }
      for (offset, shade) in shades(pixels, width, height, camera).enumerated() {
        let pixel = start * width + offset
        guard let shade else { continue }
        hits[pixel] = true
        normals[pixel] = shade.normal
        for channel in 0..<3 { image.values[3 * pixel + channel] = Float(shade.colour[channel]) }
      }
    }
    smoothEdges(&image, hits, normals, camera)
    return image
  }

  /// Draws again, with four rays each, the pixels at outlines and creases.
  private func smoothEdges(
    _ image: inout Image, _ hits: [Bool], _ normals: [SIMD3<Double>], _ camera: ShapeCamera
  ) {
    let (width, height) = (image.width, image.height)
    let edges = (0..<width * height).filter { pixel in
      let (row, column) = (pixel / width, pixel % width)
      for (down, right) in [(0, 1), (1, 0), (0, -1), (-1, 0)] {
        let (r, c) = (row + down, column + right)
        guard (0..<height).contains(r), (0..<width).contains(c) else { continue }
        let other = r * width + c
        if hits[other] != hits[pixel] { return true }
        if hits[pixel], dot(normals[pixel], normals[other]) < 0.8 { return true }
      }
      return false
    }
    let offsets = [(0.375, 0.125), (0.875, 0.375), (0.125, 0.625), (0.625, 0.875)]
    for start in stride(from: 0, to: edges.count, by: 1 << 16) {
      let part = edges[start..<min(edges.count, start + (1 << 16))]
      let places = part.flatMap { pixel in
        offsets.map { (Double(pixel % width) + $0.0, Double(pixel / width) + $0.1) }
      }
      let found = shades(places, width, height, camera)
      for (index, pixel) in part.enumerated() {
        var sum = SIMD3<Double>.zero
        for ray in 0..<4 { sum += found[4 * index + ray]?.colour ?? SIMD3(repeating: 1) }
        for channel in 0..<3 { image.values[3 * pixel + channel] = Float(sum[channel] / 4) }
      }
    }
  }

  private struct Shade: Sendable {
    var colour: SIMD3<Double>
    var normal: SIMD3<Double>
  }

  /// The colours at places of the picture; nil where no surface is seen.
  private func shades(
    _ places: [(Double, Double)], _ width: Int, _ height: Int, _ camera: ShapeCamera
  ) -> [Shade?] {
    let scale = 2 / Double(min(width, height))
    let origin = camera.position
    let directions = places.map { place in
      camera.ray(
        (place.0 - Double(width) / 2) * scale, (Double(height) / 2 - place.1) * scale)
    }
    let hits = trace(from: origin, directions)
    let found = hits.indices.filter { hits[$0] != nil }
    let points = found.compactMap { index in
      hits[index].map { origin + directions[index] * $0 }
    }
    let block = field.evaluate(at: points, derivatives: .gradient)
    let lights = ShapeLights(camera)
    let colours = ParallelPieces.map(points.count) { row -> Shade in
      let start = 3 * row * block.outputs
      let slope = SIMD3(
        Double(block.gradient[start]), Double(block.gradient[start + 1]),
        Double(block.gradient[start + 2]))
      var normal = normalized(slope)
      // Where the camera is inside, the surface is seen from behind.
      if dot(normal, directions[found[row]]) > 0 { normal = -normal }
      return Shade(
        colour: lights.colour(
          at: points[row], normal: normal, towards: directions[found[row]], coarse),
        normal: normal)
    }
    var result = [Shade?](repeating: nil, count: places.count)
    for (index, colour) in zip(found, colours) { result[index] = colour }
    return result
  }

  /// A ray on its way through the cube.
  private struct Ray {
    var index: Int
    var position: Double
    var end: Double
    /// The last place before the surface.
    var before: Double
    /// Whether the ray began inside the surface.
    var beganInside: Bool
  }

  /// The distance along each ray to the surface; nil where the ray meets none in the cube.
  private func trace(from origin: SIMD3<Double>, _ directions: [SIMD3<Double>]) -> [Double?] {
    var hits = [Double?](repeating: nil, count: directions.count)
    var rays: [Ray] = []
    for (index, direction) in directions.enumerated() {
      guard let (near, far) = Self.cube(origin, direction) else { continue }
      rays.append(Ray(index: index, position: near, end: far, before: near, beganInside: false))
    }
    var crossings: [(index: Int, low: Double, high: Double, beganInside: Bool)] = []
    for step in 0..<Self.mostSteps where !rays.isEmpty {
      // Empty space is crossed on the coarse grid; the field is evaluated near the surface alone.
      rays = Self.advanced(rays, origin, directions, coarse)
      let values = self.values(rays.map { origin + directions[$0.index] * $0.position })
      var going: [Ray] = []
      going.reserveCapacity(rays.count)
      for (ray, value) in zip(rays, values) {
        let beganInside = step == 0 ? value < 0 : ray.beganInside
        if (value < 0) != beganInside {
          crossings.append((ray.index, ray.before, ray.position, beganInside))
        } else if abs(value) < Self.closeness {
          hits[ray.index] = ray.position
        } else {
          var next = ray
          next.before = ray.position
          next.beganInside = beganInside
          next.position += max(abs(value) / coarse.steepest, 5e-4)
          if next.position < ray.end { going.append(next) }
        }
      }
      rays = going
    }
    for _ in 0..<Self.bisections where !crossings.isEmpty {
      let middles = crossings.map { ($0.low + $0.high) / 2 }
      let values = self.values(
        zip(crossings, middles).map { origin + directions[$0.index] * $1 })
      for index in crossings.indices {
        if (values[index] < 0) != crossings[index].beganInside {
          crossings[index].high = middles[index]
        } else {
          crossings[index].low = middles[index]
        }
      }
    }
    for crossing in crossings { hits[crossing.index] = (crossing.low + crossing.high) / 2 }
    return hits
  }

  private static func advanced(
    _ rays: [Ray], _ origin: SIMD3<Double>, _ directions: [SIMD3<Double>], _ coarse: CoarseDistance
  ) -> [Ray] {
    ParallelPieces.map(rays.count, piece: 4_096) { index -> Ray? in
      var ray = rays[index]
      while ray.position < ray.end {
        let step = coarse.safeStep(at: origin + directions[ray.index] * ray.position)
        guard step > 1e-3 else { return ray }
        ray.before = ray.position
        ray.position += step
      }
      return nil
    }.compactMap { $0 }
  }

  private func values(_ points: [SIMD3<Double>]) -> [Double] {
    let block = field.evaluate(at: points, derivatives: .none)
    return points.indices.map { Double(block.value[$0 * block.outputs]) }
  }

  /// The part of a ray in the cube -1...1, in front of the camera.
  private static func cube(
    _ origin: SIMD3<Double>, _ direction: SIMD3<Double>
  ) -> (Double, Double)? {
    var (near, far) = (0.0, Double.infinity)
    for axis in 0..<3 {
      guard direction[axis] != 0 else {
        guard abs(origin[axis]) <= 1 else { return nil }
        continue
      }
      let (a, b) = (
        (-1 - origin[axis]) / direction[axis], (1 - origin[axis]) / direction[axis]
      )
      near = max(near, min(a, b))
      far = min(far, max(a, b))
    }
    return near < far ? (near, far) : nil
  }
}

/// The lights of a picture: a main one from the upper left, a weaker one from the right, and the sky.
private struct ShapeLights: Sendable {
  private let main: SIMD3<Double>
  private let fill: SIMD3<Double>

  private static let clay = SIMD3(0.80, 0.74, 0.68)

  init(_ camera: ShapeCamera) {
    let (right, up, forward) = (camera.right, camera.up, camera.forward)
    main = normalized(-right * 0.6 + up * 0.8 - forward * 0.6)
    fill = normalized(right * 0.9 + up * 0.1 - forward * 0.5)
  }

  /// - Parameter view: the direction from the camera to the point.
  func colour(
    at point: SIMD3<Double>, normal: SIMD3<Double>, towards view: SIMD3<Double>,
    _ coarse: CoarseDistance
  ) -> SIMD3<Double> {
    // How open the surroundings are: the distance at some steps outwards, compared with the steps.
    var open = 1.0
    for step in [0.05, 0.11, 0.2] {
      let seen = coarse.value(at: point + normal * step)
      open -= 0.28 * min(1, max(0, 1 - seen / step))
    }
    let key = max(0, dot(normal, main)) * shadow(point + normal * 0.02, coarse)
    let side = max(0, dot(normal, fill))
    let sky = 0.5 + 0.5 * normal.y
    let half = normalized(main - view)
    let gloss = pow(max(0, dot(normal, half)), 40) * 0.18 * (key > 0 ? 1 : 0)
    let light =
      SIMD3(1.0, 0.97, 0.92) * (0.78 * key) + SIMD3(0.75, 0.85, 1.0) * (0.16 * side)
      + (SIMD3(0.80, 0.88, 1.0) * (0.26 * sky) + SIMD3(0.55, 0.45, 0.38) * (0.14 * (1 - sky)))
      * open
    let colour = Self.clay * light + gloss
    return pointwiseMin(pointwiseMax(colour, .zero), SIMD3(repeating: 1))
  }

  /// How much of the main light arrives, with a soft border.
  private func shadow(_ start: SIMD3<Double>, _ coarse: CoarseDistance) -> Double {
    var light = 1.0
    var way = 0.03
    while way < 1.5 {
      let distance = coarse.value(at: start + main * way) / coarse.steepest
      light = min(light, 0.5 + 10 * distance / way)
      if light <= 0 { return 0 }
      way += min(0.15, max(0.02, abs(distance)))
    }
    return light * light * (3 - 2 * light)
  }
}
