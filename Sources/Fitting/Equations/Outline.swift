import Foundation
import Signals

/// Closed polygons with exact distances, coordinates -1...1 (row, column).
public struct Outline: Sendable, Equatable {
  /// A built-in outline.
  public enum Kind: String, Sendable, CaseIterable {
    /// A circle of radius 0.6.
    case circle
    /// A square of side 1.
    case square
    /// A star of five points.
    case star
  }

  /// The polygons; each continues from its last corner to its first.
  public let polygons: [[SIMD2<Double>]]

  /// An outline of polygons with at least three corners each.
  public init(_ polygons: [[SIMD2<Double>]]) {
    precondition(
      !polygons.isEmpty && polygons.allSatisfy { $0.count >= 3 }, "an outline needs corners")
    self.polygons = polygons
  }

  /// A built-in outline.
  public init(_ kind: Kind) {
    let around = { (count: Int, radius: (Int) -> Double) in
      (0..<count).map { index in
        let angle = 2 * Double.pi * Double(index) / Double(count)
        return radius(index) * SIMD2(-cos(angle), sin(angle))
      }
    }
    switch kind {
    case .circle: self.init([around(720) { _ in 0.6 }])
    case .square:
      self.init([[SIMD2(-0.5, -0.5), SIMD2(-0.5, 0.5), SIMD2(0.5, 0.5), SIMD2(0.5, -0.5)]])
    case .star: self.init([around(10) { $0 % 2 == 0 ? 0.7 : 0.34 }])
    }
  }

  /// The outline of a drawn picture: where it is half bright, after smoothing.
  ///
  /// Dark is inside. The longer side spans -0.8...0.8.
  ///
  /// - Returns: nil if the picture has no outline inside its borders.
  public init?(of picture: Image) {
    let opaque = picture.composited(onto: 1)
    let longest = max(opaque.width, opaque.height)
    let scale = min(1, 128 / Double(longest))
    let (width, height) = (
      max(4, Int(Double(opaque.width) * scale)), max(4, Int(Double(opaque.height) * scale))
    )
    let small = opaque.resized(width: width, height: height)
    // A border of white closes every polygon.
    let (columns, rows) = (width + 2, height + 2)
    var level = [Double](repeating: 1, count: columns * rows)
    for row in 0..<height {
      for column in 0..<width {
        let start = (row * width + column) * small.channels
        level[(row + 1) * columns + column + 1] =
          small.values[start..<start + small.channels].reduce(0) { $0 + Double($1) }
          / Double(small.channels)
      }
    }
    let unit = 1.6 / Double(max(columns, rows))
    let center = SIMD2(Double(rows - 1), Double(columns - 1)) / 2
    let found = Self.contours(level, rows: rows, columns: columns, at: 0.5)
      .map { $0.map { ($0 - center) * unit } }
      .filter { $0.count >= 8 }
    guard !found.isEmpty else { return nil }
    self.init(found)
  }

  /// Marching squares: closed lines where bilinear values pass a level.
  private static func contours(
    _ values: [Double], rows: Int, columns: Int, at level: Double
  ) -> [[SIMD2<Double>]] {
    // An edge of the grid is named by its first corner and its direction.
    struct Edge: Hashable {
      let row: Int
      let column: Int
      let isDown: Bool
    }
    func point(_ edge: Edge) -> SIMD2<Double> {
      let a = values[edge.row * columns + edge.column]
      let b =
        edge.isDown
        ? values[(edge.row + 1) * columns + edge.column]
        : values[edge.row * columns + edge.column + 1]
      let t = a == b ? 0.5 : (level - a) / (b - a)
      return SIMD2(
        Double(edge.row) + (edge.isDown ? t : 0), Double(edge.column) + (edge.isDown ? 0 : t))
    }
    var next: [Edge: Edge] = [:]
    for row in 0..<rows - 1 {
      for column in 0..<columns - 1 {
        let corners = [(0, 0), (0, 1), (1, 1), (1, 0)].map {
          values[(row + $0.0) * columns + column + $0.1] < level
        }
        let edges = [
          Edge(row: row, column: column, isDown: false),
          Edge(row: row, column: column + 1, isDown: true),
          Edge(row: row + 1, column: column, isDown: false),
          Edge(row: row, column: column, isDown: true),
        ]
        // Dark stays on the same side: a line enters where the corners turn dark, and leaves at the next edge where
        // they turn bright.
        for side in 0..<4 where !corners[side] && corners[(side + 1) % 4] {
          for step in 1..<4 {
            let other = (side + step) % 4
            if corners[other] && !corners[(other + 1) % 4] {
              next[edges[side]] = edges[other]
              break
            }
          }
        }
      }
    }
    var lines: [[SIMD2<Double>]] = []
    let starts = next.keys.sorted {
      ($0.row, $0.column, $0.isDown ? 1 : 0) < ($1.row, $1.column, $1.isDown ? 1 : 0)
    }
    for start in starts where next[start] != nil {
      var line: [SIMD2<Double>] = []
      var edge = start
      while let following = next.removeValue(forKey: edge) {
        line.append(point(edge))
        edge = following
      }
      lines.append(line)
    }
    return lines
  }

  /// The length of all polygons.
  public var length: Double { sides.reduce(0) { $0 + $1.length } }

  private var sides: [(a: SIMD2<Double>, b: SIMD2<Double>, length: Double)] {
    polygons.flatMap { polygon in
      polygon.indices.map { index in
        let (a, b) = (polygon[index], polygon[(index + 1) % polygon.count])
        let d = b - a
        return (a, b, (d * d).sum().squareRoot())
      }
    }
  }

  /// Equally spaced points on the outline, `[count, 2]` nearly.
  public func points(_ count: Int) -> [Double] {
    let sides = sides
    let step = length / Double(count)
    var result: [Double] = []
    var left = step / 2
    for side in sides where side.length > 0 {
      while left <= side.length {
        let p = side.a + (side.b - side.a) * (left / side.length)
        result += [p.x, p.y]
        left += step
      }
      left -= side.length
    }
    return result
  }

  /// The distance to the outline, negative inside.
  public func distance(row: Double, column: Double) -> Double {
    let p = SIMD2(row, column)
    var least = Double.infinity
    var isInside = false
    for polygon in polygons {
      for index in polygon.indices {
        let (a, b) = (polygon[index], polygon[(index + 1) % polygon.count])
        let (side, away) = (b - a, p - a)
        let square = (side * side).sum()
        let t = square > 0 ? min(1, max(0, (away * side).sum() / square)) : 0
        let rest = away - side * t
        least = min(least, (rest * rest).sum())
        // A ray to the right.
        if (a.x > p.x) != (b.x > p.x), p.y < a.y + (p.x - a.x) / (b.x - a.x) * (b.y - a.y) {
          isInside.toggle()
        }
      }
    }
    return isInside ? -least.squareRoot() : least.squareRoot()
  }
}
