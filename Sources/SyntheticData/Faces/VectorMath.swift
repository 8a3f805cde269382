import Foundation

/// A point, direction or linear colour of the synthesized scene.
package typealias Vector3 = SIMD3<Float>

/// The inner product of two vectors.
@inline(__always)
func dot(_ a: Vector3, _ b: Vector3) -> Float {
  a.x * b.x + a.y * b.y + a.z * b.z
}

/// The vector product of two vectors.
@inline(__always)
func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
  Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// A vector of length 1, or `fallback` for one that has no direction.
@inline(__always)
func normalized(_ vector: Vector3, fallback: Vector3 = Vector3(0, 0, 1)) -> Vector3 {
  let squared = dot(vector, vector)
  return squared > 1e-12 ? vector / squared.squareRoot() : fallback
}

/// Linear interpolation from `a` (weight 0) to `b` (weight 1).
@inline(__always)
func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float {
  a + (b - a) * weight
}

/// Linear interpolation from `a` (weight 0) to `b` (weight 1).
@inline(__always)
func mix(_ a: Vector3, _ b: Vector3, _ weight: Float) -> Vector3 {
  a + (b - a) * weight
}

/// The largest integer not above a value of moderate size, without a library call.
@inline(__always)
func wholePart(_ value: Float) -> Int32 {
  let truncated = Int32(value)
  return Float(truncated) > value ? truncated &- 1 : truncated
}

/// A value limited to 0...1.
@inline(__always)
func saturate(_ value: Float) -> Float {
  min(max(value, 0), 1)
}

/// The cubic step from 0 at `low` to 1 at `high`.
///
/// It falls if `low` is above `high`.
@inline(__always)
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
  let t = saturate((value - low) / (high - low))
  return t * t * (3 - 2 * t)
}

/// A bell of height 1 that ends at squared radius 1, nearly a Gaussian and much cheaper.
@inline(__always)
func bell(_ squaredRadius: Float) -> Float {
  let rest = max(1 - squaredRadius, 0)
  return rest * rest * rest
}

/// A bell around a centre with its own radius along each axis.
@inline(__always)
func bell(_ x: Float, _ y: Float, _ radiusX: Float, _ radiusY: Float) -> Float {
  let u = x / radiusX
  let v = y / radiusY
  return bell(u * u + v * v)
}

/// Linear light of a colour written as display values (gamma 2.2).
func linearColour(_ red: Float, _ green: Float, _ blue: Float) -> Vector3 {
  Vector3(powf(max(red, 0), 2.2), powf(max(green, 0), 2.2), powf(max(blue, 0), 2.2))
}

/// Linear light of a colour given as hue (0...1, from red through green), saturation and value.
func linearColour(hue: Float, saturation: Float, value: Float) -> Vector3 {
  func channel(_ offset: Float) -> Float {
    let k = (offset + hue * 6).truncatingRemainder(dividingBy: 6)
    return value * (1 - saturation * max(0, min(k, 4 - k, 1)))
  }
  return linearColour(channel(5), channel(3), channel(1))
}

/// The brightness of a linear colour (weights of BT.709).
func luminance(_ colour: Vector3) -> Float {
  dot(colour, Vector3(0.2126, 0.7152, 0.0722))
}

/// A rotation of space, stored as the images of the three axes.
struct Rotation {
  private let columns: (Vector3, Vector3, Vector3)

  /// Rotates by `yaw` about y, then `pitch` about x, then `roll` about z, in radians.
  init(yaw: Float, pitch: Float, roll: Float) {
    let (sinYaw, cosYaw) = (sinf(yaw), cosf(yaw))
    let (sinPitch, cosPitch) = (sinf(pitch), cosf(pitch))
    let (sinRoll, cosRoll) = (sinf(roll), cosf(roll))
    func turned(_ v: Vector3) -> Vector3 {
      let a = Vector3(v.x * cosYaw + v.z * sinYaw, v.y, v.z * cosYaw - v.x * sinYaw)
      let b = Vector3(a.x, a.y * cosPitch - a.z * sinPitch, a.z * cosPitch + a.y * sinPitch)
      return Vector3(b.x * cosRoll - b.y * sinRoll, b.y * cosRoll + b.x * sinRoll, b.z)
    }
    columns = (turned(Vector3(1, 0, 0)), turned(Vector3(0, 1, 0)), turned(Vector3(0, 0, 1)))
  }

  /// The rotated vector.
  @inline(__always)
  func apply(_ v: Vector3) -> Vector3 {
    columns.0 * v.x + columns.1 * v.y + columns.2 * v.z
  }

  /// The vector that `apply` rotates into `v`.
  @inline(__always)
  func invert(_ v: Vector3) -> Vector3 {
    Vector3(dot(columns.0, v), dot(columns.1, v), dot(columns.2, v))
  }
}
