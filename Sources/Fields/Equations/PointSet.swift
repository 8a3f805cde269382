import Foundation
import Numerics

/// Points with weights whose sum is 1, so that a weighted sum is a mean over a domain.
public struct PointSet: Sendable, Equatable {
  /// Number d of coordinates.
  public let coordinates: Int
  /// `[n, d]`, row-major.
  public let points: [Double]
  /// n weights.
  public let weights: [Double]

  /// Number n of points.
  public var count: Int { weights.count }

  /// Points with equal weights.
  ///
  /// - Parameter points: `[n, d]`, at least one point.
  public init(_ points: [Double], coordinates: Int) {
    let count = points.count / max(1, coordinates)
    self.init(
      points, coordinates: coordinates,
      weights: [Double](repeating: 1 / Double(max(1, count)), count: count))
  }

  /// Points with weights, which are divided by their sum.
  public init(_ points: [Double], coordinates: Int, weights: [Double]) {
    precondition(
      coordinates >= 1 && !weights.isEmpty && points.count == weights.count * coordinates,
      "\(points.count) numbers and \(weights.count) weights for \(coordinates) coordinates")
    self.coordinates = coordinates
    self.points = points
    let sum = weights.reduce(0, +)
    self.weights = weights.map { $0 / sum }
  }

  /// The coordinates of a point.
  public subscript(index: Int) -> [Double] {
    Array(points[index * coordinates..<(index + 1) * coordinates])
  }

  /// The points of Gauss and Legendre in a box, a product over the axes.
  ///
  /// - Parameters:
  ///   - box: the range of each coordinate; an empty length gives one point there.
  ///   - counts: the points along each axis, at least 1.
  public static func legendre(_ box: [ClosedRange<Double>], _ counts: [Int]) -> PointSet {
    precondition(box.count == counts.count && !box.isEmpty, "\(counts.count) of \(box.count) axes")
    let axes = zip(box, counts).map { range, count -> [(Double, Double)] in
      let half = (range.upperBound - range.lowerBound) / 2
      if half == 0 { return [(range.lowerBound, 1)] }
      let (nodes, weights) = legendreNodes(count)
      return zip(nodes, weights).map { (range.lowerBound + half * (1 + $0), $1) }
    }
    return tensor(axes)
  }

  /// Equally spaced points in a box, each at the middle of its cell.
  public static func cells(_ box: [ClosedRange<Double>], _ counts: [Int]) -> PointSet {
    precondition(box.count == counts.count && !box.isEmpty, "\(counts.count) of \(box.count) axes")
    return tensor(
      zip(box, counts).map { range, count in
        let length = range.upperBound - range.lowerBound
        return (0..<max(1, count)).map {
          (range.lowerBound + length * (Double($0) + 0.5) / Double(max(1, count)), 1)
        }
      })
  }

  /// Points of Gauss and Legendre on the faces of a box, on which one coordinate is at an end of its range.
  ///
  /// - Parameters:
  ///   - counts: the points along each axis.
  ///   - axes: the coordinates that are at an end; nil for all.
  public static func faces(
    _ box: [ClosedRange<Double>], _ counts: [Int], axes: [Int]? = nil
  ) -> PointSet {
    joined(
      (axes ?? Array(box.indices)).flatMap { axis in
        [box[axis].lowerBound, box[axis].upperBound].map { end in
          var face = box
          face[axis] = end...end
          return legendre(face, counts)
        }
      })
  }

  /// Points of several sets, each set with the same weight.
  public static func joined(_ sets: [PointSet]) -> PointSet {
    PointSet(
      sets.flatMap(\.points), coordinates: sets[0].coordinates, weights: sets.flatMap(\.weights))
  }

  /// Points drawn from a box.
  public static func random(
    _ box: [ClosedRange<Double>], _ count: Int, _ random: inout Xoshiro256
  ) -> PointSet {
    var points: [Double] = []
    points.reserveCapacity(count * box.count)
    for _ in 0..<count {
      for range in box {
        points.append(
          range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform())
      }
    }
    return PointSet(points, coordinates: box.count)
  }

  private static func tensor(_ axes: [[(Double, Double)]]) -> PointSet {
    var rows: [(point: [Double], weight: Double)] = [([], 1)]
    for axis in axes {
      rows = rows.flatMap { row in axis.map { (row.point + [$0.0], row.weight * $0.1) } }
    }
    return PointSet(
      rows.flatMap(\.point), coordinates: axes.count, weights: rows.map(\.weight))
  }

  /// The zeros of the Legendre polynomial of a degree by Newton's method, and Gauss's weights.
  private static func legendreNodes(_ count: Int) -> (nodes: [Double], weights: [Double]) {
    var (nodes, weights) = ([Double](), [Double]())
    for index in 0..<max(1, count) {
      let n = Double(max(1, count))
      var x = -cos(Double.pi * (Double(index) + 0.75) / (n + 0.5))
      var slope = 1.0
      for _ in 0..<20 {
        var (value, before) = (1.0, 0.0)
        for degree in 0..<max(1, count) {
          let k = Double(degree)
          (value, before) = (((2 * k + 1) * x * value - k * before) / (k + 1), value)
        }
        slope = n * (x * value - before) / (x * x - 1)
        let change = value / slope
        x -= change
        if abs(change) < 1e-15 { break }
      }
      nodes.append(x)
      weights.append(2 / ((1 - x * x) * slope * slope))
    }
    return (nodes, weights)
  }
}
