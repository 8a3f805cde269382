import Foundation
import Numerics

/// Masks of connected holes, where `PixelMask.random` scatters single pixels.
extension PixelMask {
  /// A mask that hides one rectangle of random place and aspect.
  ///
  /// Height over width is drawn from 1/2 to 2, uniformly in its logarithm, among the ratios that
  /// fit into the picture. Then every position where the rectangle fits is equally likely.
  ///
  /// - Parameters:
  ///   - width: columns of the picture, at least 1.
  ///   - height: rows of the picture, at least 1.
  ///   - count: pixels to keep, 0 to `width * height`; the mask keeps that many to within one
  ///     column of the rectangle, and at least one unless it is 0.
  ///   - seed: the same seed gives the same mask on every machine.
  public static func block(width: Int, height: Int, keeping count: Int, seed: UInt64) -> PixelMask {
    let hidden = hiddenCount(width: width, height: height, keeping: count)
    var mask = uniform(width: width, height: height, observed: count > 0)
    guard hidden > 0 && count > 0 else { return mask }
    var generator = Xoshiro256(seed: seed)
    let aspect = exp2(2 * generator.uniform() - 1)
    let wanted = Int((Double(hidden) * aspect).squareRoot().rounded())
    // Fewer rows would require more columns than the picture has.
    let rows = min(max(wanted, (hidden + width - 1) / width), min(height, hidden))
    var columns = (hidden + rows / 2) / rows
    if rows * columns == width * height { columns -= 1 }
    let top = generator.uniform(below: height - rows + 1)
    let left = generator.uniform(below: width - columns + 1)
    mask.hide(rows: top..<top + rows, columns: left..<left + columns)
    return mask
  }

  /// A mask that hides the left, right, upper or lower half, each equally likely.
  ///
  /// With an odd number of columns or rows the middle one stays observed. A side of one pixel is
  /// not halved, so a single pixel is always observed.
  ///
  /// - Parameters:
  ///   - width: columns of the picture, at least 1.
  ///   - height: rows of the picture, at least 1.
  ///   - seed: the same seed gives the same mask on every machine.
  public static func half(width: Int, height: Int, seed: UInt64) -> PixelMask {
    var mask = uniform(width: width, height: height, observed: true)
    var halves: [(rows: Range<Int>, columns: Range<Int>)] = []
    if width > 1 {
      halves.append((0..<height, 0..<width / 2))
      halves.append((0..<height, (width + 1) / 2..<width))
    }
    if height > 1 {
      halves.append((0..<height / 2, 0..<width))
      halves.append(((height + 1) / 2..<height, 0..<width))
    }
    guard !halves.isEmpty else { return mask }
    var generator = Xoshiro256(seed: seed)
    let chosen = halves[generator.uniform(below: halves.count)]
    mask.hide(rows: chosen.rows, columns: chosen.columns)
    return mask
  }

  /// A mask that hides thick, gently bending strokes, as a pen or a scratch would.
  ///
  /// Each stroke starts at a random pixel that is still observed, in a random direction that
  /// changes by about 0.15 radians per pixel. Its length is a quarter to one times the picture's
  /// shorter side, and its width 1/12 to 1/4 of that side, at least three pixels. The last stroke
  /// ends when the count is reached.
  ///
  /// - Parameters:
  ///   - width: columns of the picture, at least 1.
  ///   - height: rows of the picture, at least 1.
  ///   - count: pixels to keep, 0 to `width * height`; exactly that many are kept.
  ///   - seed: the same seed gives the same mask on machines of one kind.
  public static func strokes(
    width: Int, height: Int, keeping count: Int, seed: UInt64
  ) -> PixelMask {
    var hidden = hiddenCount(width: width, height: height, keeping: count)
    var mask = uniform(width: width, height: height, observed: true)
    var generator = Xoshiro256(seed: seed)
    let side = Double(min(width, height))
    while hidden > 0 {
      let open = mask.observed.indices.filter { mask.observed[$0] }
      let start = open[generator.uniform(below: open.count)]
      var (row, column) = (Double(start / width), Double(start % width))
      var direction = 2 * Double.pi * generator.uniform()
      let radius = max(1, side * (1 / 24.0 + generator.uniform() * (1 / 8.0 - 1 / 24.0)))
      let length = Int((side * (0.25 + 0.75 * generator.uniform())).rounded(.up))
      for _ in 0..<length where hidden > 0 {
        hidden -= mask.hideDisc(row: row, column: column, radius: radius, limit: hidden)
        direction += 0.15 * generator.normal()
        row += sin(direction)
        column += cos(direction)
      }
    }
    return mask
  }

  private static func hiddenCount(width: Int, height: Int, keeping count: Int) -> Int {
    precondition(
      (0...width * height).contains(count),
      "0 to \(width * height) pixels can be kept, not \(count)")
    return width * height - count
  }

  private static func uniform(width: Int, height: Int, observed: Bool) -> PixelMask {
    PixelMask(
      width: width, height: height, observed: [Bool](repeating: observed, count: width * height))
  }

  private mutating func hide(rows: Range<Int>, columns: Range<Int>) {
    for row in rows {
      for column in columns { observed[row * width + column] = false }
    }
  }

  /// Hides the observed pixels around a point, at most `limit`, and returns their number.
  private mutating func hideDisc(row: Double, column: Double, radius: Double, limit: Int) -> Int {
    var count = 0
    let rows = Int((row - radius).rounded(.up))...Int((row + radius).rounded(.down))
    let columns = Int((column - radius).rounded(.up))...Int((column + radius).rounded(.down))
    for y in rows.clamped(to: -1...height) where (0..<height).contains(y) {
      for x in columns.clamped(to: -1...width) where (0..<width).contains(x) {
        let (down, right) = (Double(y) - row, Double(x) - column)
        guard count < limit, observed[y * width + x] else { continue }
        guard down * down + right * right <= radius * radius else { continue }
        observed[y * width + x] = false
        count += 1
      }
    }
    return count
  }
}
