import Fields
import Foundation
import Numerics
import Signals

/// A field on a coarse grid of the cube -1...1, for steps through empty space and for soft shadows.
struct CoarseDistance: Sendable {
  /// Cells per side.
  private static let cells = 64
  private static let side = cells + 1
  private let values: [Float]
  /// The largest gradient at the samples, with a margin; at least 1.
  let steepest: Double
  private let width = 2 / Double(cells)

  init(_ field: any Field) {
    let side = Self.side
    let width = width
    var coordinates: [Float] = []
    coordinates.reserveCapacity(3 * side * side * side)
    for z in 0..<side {
      for y in 0..<side {
        for x in 0..<side {
          coordinates.append(Float(Double(x) * width - 1))
          coordinates.append(Float(Double(y) * width - 1))
          coordinates.append(Float(Double(z) * width - 1))
        }
      }
    }
    let outputs = field.outputs
    let block = field.evaluate(at: coordinates, derivatives: .none)
    let values = (0..<side * side * side).map { block.value[$0 * outputs] }
    self.values = values
    // Differences between neighbours are the gradients that matter for steps of this size.
    var steepest: Float = 0
    for z in 0..<side {
      for y in 0..<side {
        for x in 0..<side - 1 {
          let one = x + side * (y + side * z)
          steepest = max(steepest, abs(values[one + 1] - values[one]))
          let two = y + side * (x + side * z)
          steepest = max(steepest, abs(values[two + side] - values[two]))
          let three = y + side * (z + side * x)
          steepest = max(steepest, abs(values[three + side * side] - values[three]))
        }
      }
    }
    self.steepest = max(1, 1.2 * Double(steepest) / width)
  }

  /// The interpolated field; clamped to the cube.
  func value(at point: SIMD3<Double>) -> Double {
    let limit = Double(Self.cells) - 1e-9
    let place = pointwiseMin(
      pointwiseMax((point + 1) / width, .zero), SIMD3(repeating: limit))
    let low = SIMD3<Int>(Int(place.x), Int(place.y), Int(place.z))
    let t = place - SIMD3(Double(low.x), Double(low.y), Double(low.z))
    let start = low.x + Self.side * (low.y + Self.side * low.z)
    let row = { (offset: Int) -> Double in
      let a = Double(values[start + offset])
      return a + (Double(values[start + offset + 1]) - a) * t.x
    }
    let (side, layer) = (Self.side, Self.side * Self.side)
    let near = row(0) + (row(side) - row(0)) * t.y
    let far = row(layer) + (row(layer + side) - row(layer)) * t.y
    return near + (far - near) * t.z
  }

  /// A step from a point within which the field keeps its sign; 0 or less near the surface.
  func safeStep(at point: SIMD3<Double>) -> Double {
    // The interpolated value is off by less than half a diagonal of a cell times the largest gradient.
    abs(value(at: point)) / steepest - width * 3.0.squareRoot() / 2
  }
}
