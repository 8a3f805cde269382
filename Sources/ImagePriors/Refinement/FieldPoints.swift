import DifferentiableCore
import Fields
import Signals

/// Observed points in the coordinates of a field.
struct FieldPoints: Sendable {
  /// (row, column) in -1...1, `[n, 2]`.
  private let coordinates: [Float]
  /// Values in -1...1, `[n, c]`.
  private let values: [Float]
  private let count: Int

  /// - Parameters:
  ///   - observations: at least one point.
  ///   - width: width in pixels of the picture to which positions refer.
  ///   - height: height of that picture in pixels.
  init(_ observations: PixelObservations, width: Int, height: Int) {
    count = observations.count
    values = observations.values.map { 2 * $0 - 1 }
    coordinates = CoordinateGrid.points(of: observations, height: height, width: width)
  }

  /// The mean squared error of values in -1...1, and its derivative.
  func lossGradient(of field: Siren) -> (loss: Double, gradient: [Float]) {
    let outputs = field.architecture.outputs
    let weight = 1 / Double(count * outputs)
    return field.lossGradient(
      pointCount: count,
      coordinates: { Array(coordinates[2 * $0.lowerBound..<2 * $0.upperBound]) },
      loss: { block, cotangent in
        var sum = 0.0
        let start = block.points.lowerBound * outputs
        for index in block.value.indices {
          let error = block.value[index] - values[start + index]
          cotangent.value[index] = 2 * error * Float(weight)
          sum += Double(error) * Double(error)
        }
        return sum * weight
      })
  }

  /// The mean squared error of values clipped to 0...1.
  func error(of field: Siren) -> Double {
    let found = field.evaluate(at: coordinates).value
    let sum = zip(found, values).reduce(0.0) { total, pair in
      let away = Double(min(1, max(-1, pair.0)) - pair.1) / 2
      return total + away * away
    }
    return sum / Double(max(1, values.count))
  }
}
