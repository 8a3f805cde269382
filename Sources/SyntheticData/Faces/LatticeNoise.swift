/// Smooth noise on an integer lattice: the same function of position and seed everywhere.
struct LatticeNoise: Sendable {
  private let seed: UInt32

  /// The noise function of a seed.
  init(seed: UInt32) {
    self.seed = seed
  }

  /// A pseudo-random value in 0..<1 for a lattice cell.
  @inline(__always)
  func cell(_ column: Int32, _ row: Int32) -> Float {
    var h =
      UInt32(bitPattern: column) &* 0x9E37_79B1 ^ UInt32(bitPattern: row) &* 0x85EB_CA77 ^ seed
    h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
    h = (h ^ (h >> 12)) &* 0x297A_2D39
    h ^= h >> 15
    return Float(h >> 8) * (1 / 16_777_216)
  }

  /// Noise in 0...1 with features about one unit wide.
  @inline(__always)
  func value(_ x: Float, _ y: Float) -> Float {
    let column = wholePart(x)
    let row = wholePart(y)
    let u = x - Float(column)
    let v = y - Float(row)
    let weightX = u * u * (3 - 2 * u)
    let weightY = v * v * (3 - 2 * v)
    let upper = mix(cell(column, row), cell(column &+ 1, row), weightX)
    let lower = mix(cell(column, row &+ 1), cell(column &+ 1, row &+ 1), weightX)
    return mix(upper, lower, weightY)
  }

  /// Two octaves of noise in 0...1, for textures with both large and small features.
  @inline(__always)
  func layered(_ x: Float, _ y: Float) -> Float {
    0.65 * value(x, y) + 0.35 * value(2.17 * x + 31.7, 2.17 * y - 17.3)
  }
}
