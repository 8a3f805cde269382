import Fields
import Foundation

/// The weighted squared error of a field against signed distances.
///
/// Errors far from the surface count less: the weight is `w^2 / (d^2 + w^2)` at distance d, and at least 0.03.
public struct DistanceObjective: FieldObjective {
  /// Three.
  public let coordinates = 3
  /// One.
  public let outputs = 1
  /// The loss of the best constant.
  public let constantLoss: Double
  private let samples: DistanceSamples
  private let weights: [Float]

  /// The distance at which the weight is 1/2.
  private static let width: Float = 0.05
  /// The weight of the most distant points, which keeps the field smooth there.
  private static let least: Float = 0.03

  /// Creates an objective from its samples.
  public init(_ samples: DistanceSamples) {
    self.samples = samples
    let square = Self.width * Self.width
    weights = samples.distances.map { max(Self.least, square / ($0 * $0 + square)) }
    var (sum, weight) = (0.0, 0.0)
    for (distance, own) in zip(samples.distances, weights) {
      sum += Double(own * distance)
      weight += Double(own)
    }
    let mean = weight > 0 ? sum / weight : 0
    constantLoss =
      zip(samples.distances, weights).reduce(0) {
        $0 + Double($1.1) * (Double($1.0) - mean) * (Double($1.0) - mean)
      } / Double(max(1, samples.count))
  }

  /// Returns the loss and its derivative; see `FieldObjective`.
  public func lossGradient(of field: Siren, _ batch: PointBatch) -> (
    loss: Double, gradient: [Float]
  ) {
    let chosen = batch.points(of: samples.count)
    let count = chosen?.count ?? samples.count
    let share = 1 / Float(max(1, count))
    return field.lossGradient(
      pointCount: count,
      coordinates: { range in
        var result: [Float] = []
        result.reserveCapacity(3 * range.count)
        for position in range {
          let start = 3 * (chosen?[position] ?? position)
          result.append(contentsOf: samples.coordinates[start..<start + 3])
        }
        return result
      },
      loss: { block, cotangent in
        var sum = 0.0
        for (row, position) in block.points.enumerated() {
          let point = chosen?[position] ?? position
          let error = block.value[row] - samples.distances[point]
          let weight = weights[point] * share
          cotangent.value[row] = 2 * error * weight
          sum += Double(error * error * weight)
        }
        return sum
      })
  }
}
