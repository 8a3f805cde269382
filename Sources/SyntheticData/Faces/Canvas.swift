/// Linear colours of the samples, painted from back to front.
struct Canvas {
  private let size: Int
  private let factor: Int
  /// Colour, and depth of the nearest solid surface.
  private var samples: [SIMD4<Float>]

  /// A canvas that shows a background.
  ///
  /// It is smooth, so it is computed once per pixel.
  init(background: Background, size: Int, factor: Int) {
    self.size = size
    self.factor = factor
    let side = size * factor
    samples = [SIMD4<Float>](repeating: .zero, count: side * side)
    for row in 0..<size {
      for column in 0..<size {
        let place = SIMD2((Float(column) + 0.5) / Float(size), (Float(row) + 0.5) / Float(size))
        let sample = SIMD4(background.colour(at: place), -.infinity)
        for y in 0..<factor {
          for x in 0..<factor {
            samples[(row * factor + y) * side + column * factor + x] = sample
          }
        }
      }
    }
  }

  /// Covers a sample, wholly or in part.
  @inline(__always)
  mutating func put(_ colour: Vector3, coverage: Float, at index: Int, depth newDepth: Float) {
    let old = samples[index]
    let mixed = mix(Vector3(old.x, old.y, old.z), colour, coverage)
    samples[index] = SIMD4(mixed, coverage > 0.5 ? newDepth : old.w)
  }

  /// Depth of the nearest solid surface at a sample.
  @inline(__always)
  func depth(at index: Int) -> Float { samples[index].w }

  /// The mean colour of each pixel.
  func pixels() -> [Vector3] {
    let side = size * factor
    let weight = 1 / Float(factor * factor)
    var result = [Vector3](repeating: .zero, count: size * size)
    for row in 0..<size {
      for column in 0..<size {
        var sum = SIMD4<Float>.zero
        for y in 0..<factor {
          let start = (row * factor + y) * side + column * factor
          for x in 0..<factor { sum += samples[start + x] }
        }
        result[row * size + column] = Vector3(sum.x, sum.y, sum.z) * weight
      }
    }
    return result
  }
}
