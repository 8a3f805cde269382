import Foundation
import Signals

/// Overlapping square windows that cover a picture, and the weights that blend them.
///
/// Neighbouring windows overlap by about half. Their weights are `sin^2` along each axis and 0 at a
/// window's edge, so that the blend has no seams. Divided by their sum they are a partition of unity.
package struct WindowGrid: Sendable, Equatable {
  /// The side of a window in pixels.
  package let size: Int
  /// The first row of each row of windows.
  package let rows: [Int]
  /// The first column of each column of windows.
  package let columns: [Int]

  /// Windows that cover a picture; a picture smaller than a window gets one window that extends beyond it.
  package init(width: Int, height: Int, size: Int) {
    self.size = size
    rows = Self.starts(length: height, size: size)
    columns = Self.starts(length: width, size: size)
  }

  /// Number of windows.
  package var count: Int { rows.count * columns.count }

  /// The first pixel of a window.
  package func origin(_ index: Int) -> (row: Int, column: Int) {
    (rows[index / columns.count], columns[index % columns.count])
  }

  /// The points within each window, in the pixels of the window.
  ///
  /// - Parameter wanted: whether a window's points are wanted, for each window; nil wants all.
  package func parts(of observations: PixelObservations, wanted: [Bool]? = nil)
    -> [PixelObservations]
  {
    let channels = observations.channels
    var parts = [PixelObservations](
      repeating: PixelObservations(channels: channels, positions: [], values: []),
      count: count)
    for point in 0..<observations.count {
      let (y, x) = (observations.positions[2 * point], observations.positions[2 * point + 1])
      let found = within(x, columns)
      for row in within(y, rows) {
        for column in found {
          let index = row * columns.count + column
          guard wanted?[index] ?? true else { continue }
          parts[index].positions += [y - Float(rows[row]), x - Float(columns[column])]
          parts[index].values += observations.values[point * channels..<(point + 1) * channels]
        }
      }
    }
    return parts
  }

  /// The windows along an axis in which a position lies; none for infinite and undefined positions.
  private func within(_ position: Float, _ starts: [Int]) -> Range<Int> {
    let isInside = { PixelPosition.isInside(position - Float(starts[$0]), size: size) }
    // The first window that does not end before the position.
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if Float(starts[middle] + size) - 0.5 < position { low = middle + 1 } else { high = middle }
    }
    // Rounding may decide otherwise at a window's very edge.
    var first = max(0, low - 1)
    while first < starts.count, !isInside(first), first <= low { first += 1 }
    var end = first
    while end < starts.count, isInside(end) { end += 1 }
    return first..<end
  }

  /// Whether a pixel of the picture that is not observed lies in a window, for each window.
  package func windowsMissingPixels(_ mask: PixelMask) -> [Bool] {
    (0..<count).map { index in
      let origin = origin(index)
      let columns = origin.column..<min(origin.column + size, mask.width)
      return (origin.row..<min(origin.row + size, mask.height)).contains { row in
        mask.observed[row * mask.width + columns.lowerBound..<row * mask.width + columns.upperBound]
          .contains(false)
      }
    }
  }

  /// How much a window counts in the blend: a window inside a hole counts less than windows that include the hole's
  /// edge.
  ///
  /// - Parameter part: the points within the window.
  static func trust(in part: PixelObservations) -> Float { Float(part.count + 1) }

  private static func starts(length: Int, size: Int) -> [Int] {
    let room = length - size
    guard room > 0 else { return [0] }
    let steps = (2 * room + size - 1) / size
    return (0...steps).map { ($0 * room + steps / 2) / steps }
  }

  /// The samples of a rendered picture that a window covers along one axis.
  package struct Span: Sendable {
    /// The samples within the window.
    package let samples: Range<Int>
    /// Their coordinates in the window, -1...1 from the centre of its first to that of its last pixel.
    package let coordinates: [Float]
    /// Their weights, above 0.
    package let weights: [Float]
  }

  /// - Parameters:
  ///   - start: the first pixel of the window.
  ///   - length: the number of pixels of the picture along the axis.
  ///   - samples: the number of samples of the rendering along the axis; corners are aligned.
  package func span(from start: Int, length: Int, samples: Int) -> Span {
    let step = samples > 1 ? Double(length - 1) / Double(samples - 1) : 0
    let middle = samples > 1 ? 0 : Double(length - 1) / 2
    var found: [(index: Int, place: Double)] = []
    for index in 0..<samples {
      // The position in units of the window: 0 and 1 at the outer edges of its outermost pixels.
      let place = (Double(index) * step + middle - Double(start) + 0.5) / Double(size)
      if place > 0 && place < 1 { found.append((index, place)) }
    }
    let first = found.first?.index ?? 0
    return Span(
      samples: first..<first + found.count,
      coordinates: found.map {
        size > 1 ? Float(2 * ($0.place * Double(size) - 0.5) / Double(size - 1) - 1) : 0
      },
      weights: found.map { Self.weight($0.place) })
  }

  private static func weight(_ place: Double) -> Float {
    let sine = sin(Double.pi * place)
    return Float(max(sine * sine, 1e-6))
  }
}
