import Foundation

/// The mean and the standard deviation of the observed values around each place, and their density.
///
/// The network sees values relative to them, so one model serves dark and bright, flat and contrasty regions. The
/// moments are those of bins of 8x8 pixels, blurred with a Gaussian of 24 pixels and interpolated linearly. Where
/// little is observed, they approach those of the whole picture.
struct LocalScale: Sendable {
  /// Side of a bin, in pixels.
  static let bin = 8
  /// Standard deviation of the Gaussian, in bins.
  private static let blur = 3.0
  /// The number of points that the moments of the whole picture count for.
  private static let priorPoints = 4.0
  /// The smallest deviation relative to that of the whole picture, and for values 0...1.
  private static let smallestRatio = 0.1
  private static let smallest = 1e-4

  private let rows: Int
  private let columns: Int
  /// Mean, deviation and density of each bin, `[rows, columns, 3]`.
  private let moments: [Float]

  /// The moments of one component.
  ///
  /// - Parameters:
  ///   - values: the component at every pixel; those of unobserved pixels are ignored.
  ///   - isObserved: whether each pixel is observed.
  ///   - width: width in pixels.
  ///   - height: height in pixels.
  init(_ values: [Float], _ isObserved: [Bool], width: Int, height: Int) {
    rows = (height + Self.bin - 1) / Self.bin
    columns = (width + Self.bin - 1) / Self.bin
    var sums = [Double](repeating: 0, count: rows * columns * 4)
    for row in 0..<height {
      for column in 0..<width {
        let place = (row / Self.bin * columns + column / Self.bin) * 4
        sums[place + 3] += 1
        let pixel = row * width + column
        guard isObserved[pixel] else { continue }
        let value = Double(values[pixel])
        sums[place] += 1
        sums[place + 1] += value
        sums[place + 2] += value * value
      }
    }
    var totals = [0.0, 0, 0]
    for place in stride(from: 0, to: sums.count, by: 4) {
      for number in 0..<3 { totals[number] += sums[place + number] }
    }
    let count = max(1, totals[0])
    let mean = totals[1] / count
    let variance = max(Self.smallest * Self.smallest, totals[2] / count - mean * mean)
    let blurred = Self.blurred(sums, rows: rows, columns: columns)
    let floor = max(Self.smallest, Self.smallestRatio * variance.squareRoot())
    moments = (0..<rows * columns).flatMap { place -> [Float] in
      let own = blurred[4 * place..<4 * place + 4].map { $0 }
      let points = own[0] + Self.priorPoints
      let center = (own[1] + Self.priorPoints * mean) / points
      // The spread of the prior's values around this mean.
      let prior = variance + (mean - center) * (mean - center)
      let square = own[2] - 2 * center * own[1] + center * center * own[0]
      let spread = (max(0, square) + Self.priorPoints * prior) / points
      let density = own[0] / max(1e-9, own[3])
      return [
        Float(center), Float(max(floor, spread.squareRoot())), Float(log(density + 1e-3) / 3 + 1),
      ]
    }
  }

  /// Mean, deviation and density at each pixel of a part of a row.
  func values(row: Int, columns range: Range<Int>) -> [(
    mean: Float, deviation: Float, density: Float
  )] {
    let (top, down) = Self.place(row, count: rows)
    let below = min(rows - 1, top + 1)
    return range.map { column in
      let (left, across) = Self.place(column, count: columns)
      let right = min(columns - 1, left + 1)
      func mixed(_ number: Int) -> Float {
        let upper =
          (1 - across) * moments[(top * columns + left) * 3 + number]
          + across * moments[(top * columns + right) * 3 + number]
        let lower =
          (1 - across) * moments[(below * columns + left) * 3 + number]
          + across * moments[(below * columns + right) * 3 + number]
        return (1 - down) * upper + down * lower
      }
      return (mixed(0), mixed(1), mixed(2))
    }
  }

  /// The bin at or before a pixel, and the weight of the next one.
  private static func place(_ pixel: Int, count: Int) -> (first: Int, part: Float) {
    let place = min(max((Float(pixel) + 0.5) / Float(bin) - 0.5, 0), Float(count - 1))
    let first = min(Int(place), count - 1)
    return (first, place - Float(first))
  }

  /// Sums over the neighbourhood of each bin, with Gaussian weights that are 1 at the bin itself.
  private static func blurred(_ values: [Double], rows: Int, columns: Int) -> [Double] {
    let reach = Int(2 * blur)
    let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * blur * blur)) }
    var across = [Double](repeating: 0, count: values.count)
    for row in 0..<rows {
      for column in 0..<columns {
        for other in max(0, column - reach)...min(columns - 1, column + reach) {
          let weight = weights[other - column + reach]
          for number in 0..<4 {
            across[(row * columns + column) * 4 + number] +=
              weight * values[(row * columns + other) * 4 + number]
          }
        }
      }
    }
    var result = [Double](repeating: 0, count: values.count)
    for row in 0..<rows {
      for other in max(0, row - reach)...min(rows - 1, row + reach) {
        let weight = weights[other - row + reach]
        for index in 0..<columns * 4 {
          result[row * columns * 4 + index] += weight * across[other * columns * 4 + index]
        }
      }
    }
    return result
  }
}
