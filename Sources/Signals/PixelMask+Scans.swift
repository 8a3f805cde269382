import Foundation
import Numerics

extension PixelMask {
  /// A mask whose observed pixels are whole rows at equal distances, as a coarse scan measures them.
  ///
  /// - Parameters:
  ///   - width: width in pixels.
  ///   - height: height in pixels.
  ///   - count: about the number of observed pixels, 0 to all; at least one row is observed unless it is 0.
  ///   - seed: decides the first observed row.
  public static func lines(width: Int, height: Int, keeping count: Int, seed: UInt64) -> PixelMask {
    let pixels = width * height
    var observed = [Bool](repeating: false, count: pixels)
    if count > 0 {
      let distance = min(Double(height), max(1, Double(pixels) / Double(count)))
      var random = Xoshiro256(seed: seed)
      var place = random.uniform() * distance
      while Int(place) < height {
        for column in 0..<width { observed[Int(place) * width + column] = true }
        place += distance
      }
    }
    return PixelMask(width: width, height: height, observed: observed)
  }

  /// A mask whose observed pixels lie on a spiral from the centre with turns at equal distances.
  ///
  /// - Parameters:
  ///   - width: width in pixels.
  ///   - height: height in pixels.
  ///   - count: about the number of observed pixels, 0 to all.
  ///   - seed: decides the direction in which the spiral begins.
  public static func spiral(width: Int, height: Int, keeping count: Int, seed: UInt64) -> PixelMask
  {
    let pixels = width * height
    guard count > 0 else {
      return PixelMask(
        width: width, height: height, observed: [Bool](repeating: false, count: pixels))
    }
    let distance = max(1, Double(pixels) / Double(count))
    var random = Xoshiro256(seed: seed)
    let start = random.uniform()
    let (middleRow, middleColumn) = (Double(height - 1) / 2, Double(width - 1) / 2)
    var observed = [Bool](repeating: false, count: pixels)
    for row in 0..<height {
      for column in 0..<width {
        let (y, x) = (Double(row) - middleRow, Double(column) - middleColumn)
        // The number of turns from the spiral's arm, which the radius crosses at whole numbers.
        let turns = (y * y + x * x).squareRoot() / distance - atan2(y, x) / (2 * Double.pi) - start
        observed[row * width + column] = abs(turns - turns.rounded()) * distance <= 0.5
      }
    }
    if !observed.contains(true) { observed[height / 2 * width + width / 2] = true }
    return PixelMask(width: width, height: height, observed: observed)
  }
}
