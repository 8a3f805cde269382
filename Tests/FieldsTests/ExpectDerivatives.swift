import DifferentiableCore
import Fields
import Testing

/// Checks value, gradient and Laplacian of a field of two coordinates and two values against central differences of
/// the fourth order, in double precision.
///
/// - Parameters:
///   - block: the field at the points.
///   - points: the coordinates.
///   - names: what to call each point when it fails.
///   - values: the field's definition.
func expectDerivatives(
  of block: FieldBlock, at points: [[Double]], named names: [[Double]],
  values: @escaping ([Double]) -> [Double]
) {
  let h = 1e-3
  for (number, point) in points.enumerated() {
    for channel in 0..<2 {
      let at = { (axis: Int, steps: Double) -> Double in
        var moved = point
        moved[axis] += steps * h
        return values(moved)[channel]
      }
      let value = values(point)[channel]
      #expect(abs(Double(block.value[2 * number + channel]) - value) < 2e-6)
      var laplacian = 0.0
      for axis in 0..<2 {
        let slope =
          (8 * (at(axis, 1) - at(axis, -1)) - (at(axis, 2) - at(axis, -2))) / (12 * h)
        let found = Double(block.gradient[4 * number + 2 * channel + axis])
        #expect(abs(found - slope) < 1e-4 * (1 + abs(slope)), "\(names[number])")
        laplacian +=
          (16 * (at(axis, 1) + at(axis, -1)) - (at(axis, 2) + at(axis, -2)) - 30 * value)
          / (12 * h * h)
      }
      let found = Double(block.laplacian[2 * number + channel])
      #expect(abs(found - laplacian) < 1e-3 * (10 + abs(laplacian)), "\(names[number])")
    }
  }
}
