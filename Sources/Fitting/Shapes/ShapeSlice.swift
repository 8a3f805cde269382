import Fields
import Foundation
import Signals

/// A plane through a field of three coordinates.
public struct ShapeSlice: Sendable, Equatable {
  /// The axis that the plane crosses: 0 for x, 1 for y, 2 for z.
  public var axis: Int
  /// The coordinate on that axis, in coordinates of the field.
  public var position: Double

  /// The distance between two contour lines, in coordinates of the field: a twentieth of the largest side.
  public static let interval = Float(ShapeFrame.side / 20)

  /// A plane from its parts.
  public init(axis: Int, position: Double) {
    self.axis = axis
    self.position = position
  }

  /// A plane from words such as `z=0` or `x=-0.25`; nil for other words.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let axis = ["x", "y", "z"].firstIndex(of: parts[0].lowercased()),
      let position = Double(parts[1]), (-1...1).contains(position)
    else { return nil }
    self.init(axis: axis, position: position)
  }

  /// The field on the plane, over the square -1...1 with y upwards, or z upwards for the plane of constant y.
  ///
  /// - Parameters:
  ///   - field: its first channel is used.
  ///   - size: pixels per side.
  /// - Returns: the values, row-major, and the lengths of their gradients within the plane, per pixel.
  public func values(of field: any Field, size: Int) -> (values: [Float], slopes: [Float]) {
    let (across, upwards) = [(2, 1), (0, 2), (0, 1)][axis]
    let pixel = 2 / Double(size)
    var coordinates: [Float] = []
    coordinates.reserveCapacity(3 * size * size)
    for row in 0..<size {
      for column in 0..<size {
        var place = SIMD3<Double>(repeating: position)
        place[across] = (Double(column) + 0.5) * pixel - 1
        place[upwards] = 1 - (Double(row) + 0.5) * pixel
        coordinates += [Float(place.x), Float(place.y), Float(place.z)]
      }
    }
    let block = field.evaluate(at: coordinates, derivatives: .gradient)
    let slopes = (0..<size * size).map { index -> Float in
      let start = 3 * index * block.outputs
      return hypot(block.gradient[start + across], block.gradient[start + upwards]) * Float(pixel)
    }
    return ((0..<size * size).map { block.value[$0 * block.outputs] }, slopes)
  }
}
