import Foundation
import Signals

/// A camera that looks at the centre of a shape; the y axis points up.
public struct ShapeCamera: Sendable, Equatable {
  /// Degrees around the y axis; 0 looks from +z, 90 from +x.
  public var azimuth: Double
  /// Degrees above the horizon, -90...90.
  public var elevation: Double
  /// The distance from the centre in coordinates of the field, above 0.
  public var distance: Double
  /// The angle between the upper and the lower border of a square picture, in degrees.
  public static let fieldOfView = 30.0

  /// A camera; the usual one sees the whole cube from the front right and a little above.
  public init(azimuth: Double = 30, elevation: Double = 20, distance: Double = 4.6) {
    self.azimuth = azimuth
    self.elevation = elevation
    self.distance = distance
  }

  /// The position of the camera.
  public var position: SIMD3<Double> { -forward * distance }

  /// The direction in which it looks.
  var forward: SIMD3<Double> {
    let (a, e) = (azimuth * .pi / 180, elevation * .pi / 180)
    return -SIMD3(sin(a) * cos(e), sin(e), cos(a) * cos(e))
  }

  /// The direction to the right in the picture.
  var right: SIMD3<Double> {
    let a = azimuth * .pi / 180
    return SIMD3(cos(a), 0, -sin(a))
  }

  /// The direction upwards in the picture.
  var up: SIMD3<Double> { cross(right, forward) }

  /// The direction of the ray through a place of the picture.
  ///
  /// - Parameters:
  ///   - x: -1 at the left border of a square picture, 1 at the right.
  ///   - y: -1 at the lower border of a square picture, 1 at the upper.
  func ray(_ x: Double, _ y: Double) -> SIMD3<Double> {
    let reach = tan(Self.fieldOfView / 2 * .pi / 180)
    return normalized(forward + right * (x * reach) + up * (y * reach))
  }
}
