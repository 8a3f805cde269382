import Fields
import Foundation
import Signals

/// A field far outside the range on which it was fitted.
///
/// The notebook evaluates its picture over -50...50. The field continues with some self-similarity, but does not
/// repeat.
public struct RangeStudy: Sendable, Equatable {
  /// The field is evaluated from -range to range along each coordinate.
  public let range: Float
  /// Samples along each axis.
  public let size: Int
  /// Number of coordinates, 1 or 2.
  public let axes: Int
  /// The first channel: `[size]`, or `[size, size]` by rows; in the field's own values.
  public let values: [Float]

  /// A place that resembles the fitted range.
  public struct Likeness: Sendable, Equatable {
    /// The middle of the place, one number per coordinate, in coordinate units.
    public var place: [Float]
    /// The correlation of its samples with those around 0, -1...1.
    public var correlation: Double
  }

  /// Evaluates a field.
  ///
  /// - Parameters:
  ///   - field: a field of 1 or 2 coordinates; only its first channel is used.
  ///   - range: the range, above 0; 50 in the notebook.
  ///   - size: samples along each axis, at least 2; 1,024 in the notebook.
  public init(of field: any Field, range: Float = 50, size: Int = 1_024) {
    axes = field.coordinates
    precondition(
      (1...2).contains(axes) && size >= 2 && range > 0,
      "\(axes) coordinates over \(range) in \(size) steps")
    self.range = range
    self.size = size
    let channels = field.outputs
    var values: [Float] = []
    let rows = axes == 1 ? 1 : size
    let rowsAtOnce = max(1, 65_536 / size)
    let line = CoordinateGrid.axis(size: size).map { $0 * range }
    for start in stride(from: 0, to: rows, by: rowsAtOnce) {
      var coordinates: [Float] = []
      for row in start..<min(rows, start + rowsAtOnce) {
        for column in line {
          if axes == 2 { coordinates.append(line[row]) }
          coordinates.append(column)
        }
      }
      let block = field.evaluate(at: coordinates, derivatives: .none)
      values += stride(from: 0, to: block.value.count, by: channels).map { block.value[$0] }
    }
    self.values = values
  }

  /// The mean and the standard deviation of the values inside and outside -1...1; nil without samples.
  public var moments:
    (
      inside: (mean: Double, deviation: Double)?,
      outside: (mean: Double, deviation: Double)?
    )
  {
    let line = CoordinateGrid.axis(size: size).map { abs($0 * range) <= 1 }
    var inside: [Float] = []
    var outside: [Float] = []
    for (index, value) in values.enumerated() {
      let isInside = line[index % size] && (axes == 1 || line[index / size])
      if isInside { inside.append(value) } else { outside.append(value) }
    }
    return (Self.moments(of: inside), Self.moments(of: outside))
  }

  /// The place most similar to the fitted range, among those an integer number of ranges away.
  ///
  /// It is nil if a range has fewer than 4 samples or there is no other range.
  public var closestLikeness: Likeness? {
    let step = Double(size - 1) / Double(range)
    let side = Int(step)
    let reach = Int((Double(range) - 1) / 2)
    guard side >= 4, reach >= 1 else { return nil }
    let middle = window(at: (0, 0), side)
    var best: Likeness?
    for down in axes == 2 ? -reach...reach : 0...0 {
      for right in -reach...reach where (down, right) != (0, 0) {
        let correlation = Self.correlation(middle, window(at: (down, right), side))
        if correlation > best?.correlation ?? -2 {
          let place = [Float(2 * down), Float(2 * right)]
          best = Likeness(place: Array(place.suffix(axes)), correlation: correlation)
        }
      }
    }
    return best
  }

  /// The samples of the range of length 2 that lies some ranges down and right.
  private func window(at place: (down: Int, right: Int), _ side: Int) -> [Float] {
    let first = { (ranges: Int) in
      Int((Double(range) - 1 + 2 * Double(ranges)) / (2 * Double(range)) * Double(size - 1) + 0.5)
    }
    let (top, left) = (axes == 2 ? first(place.down) : 0, first(place.right))
    var samples: [Float] = []
    for row in top..<(axes == 2 ? top + side : 1) {
      for column in left..<left + side where row * size + column < values.count {
        samples.append(values[row * size + column])
      }
    }
    return samples
  }

  private static func moments(of values: [Float]) -> (mean: Double, deviation: Double)? {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0.0) { $0 + Double($1) } / count
    let square = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    return (mean, square.squareRoot())
  }

  private static func correlation(_ a: [Float], _ b: [Float]) -> Double {
    guard a.count == b.count, let (meanA, spreadA) = moments(of: a),
      let (meanB, spreadB) = moments(of: b), spreadA > 0, spreadB > 0
    else { return -1 }
    var sum = 0.0
    for (x, y) in zip(a, b) { sum += (Double(x) - meanA) * (Double(y) - meanB) }
    return sum / (Double(a.count) * spreadA * spreadB)
  }
}
