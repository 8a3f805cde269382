/// The counts of numbers in equal bins of a range that is symmetric about 0.
///
/// The range is a power of two that grows with the numbers. When it doubles, pairs of bins are
/// joined. Histograms of parts of the data therefore add exactly to that of the whole, in any
/// order.
public struct Histogram: Sendable, Equatable {
  /// The number of bins, of which at least half lie inside the data's range.
  public static let binCount = 512

  /// The range is -2^exponent...2^exponent.
  public private(set) var exponent: Int
  /// Numbers in each bin, from the lowest; a number on an edge belongs to the upper bin.
  public private(set) var counts: [Int]
  /// The sum of the numbers.
  public private(set) var sum = 0.0
  /// The sum of their squares.
  public private(set) var sumOfSquares = 0.0
  /// Number of values that were not finite; they are in no bin and no sum.
  public private(set) var notFinite = 0

  /// The smallest range, for numbers that are all close to 0.
  private static let smallestExponent = -100

  /// An empty histogram.
  public init() {
    exponent = Self.smallestExponent
    counts = [Int](repeating: 0, count: Self.binCount)
  }

  /// An empty histogram with the range of another.
  static func empty(like other: Histogram) -> Histogram {
    var empty = Histogram()
    empty.exponent = other.exponent
    return empty
  }

  /// The histogram of some numbers.
  public init(_ values: [Float]) {
    self.init()
    let largest = values.reduce(into: Float(0)) { largest, value in
      if value.isFinite && abs(value) > largest { largest = abs(value) }
    }
    widen(to: largest)
    let scale = Float(Double(Self.binCount / 2) * exp2(-exponent))
    for value in values {
      guard value.isFinite else {
        notFinite += 1
        continue
      }
      // The scale is a power of two, so the product is exact, and so is the bin.
      counts[Int((value * scale).rounded(.down)) + Self.binCount / 2] += 1
      sum += Double(value)
      sumOfSquares += Double(value) * Double(value)
    }
  }

  /// Adds the numbers of another histogram.
  public mutating func merge(_ other: Histogram) {
    var other = other
    let common = max(exponent, other.exponent)
    double(to: common)
    other.double(to: common)
    for bin in counts.indices { counts[bin] += other.counts[bin] }
    sum += other.sum
    sumOfSquares += other.sumOfSquares
    notFinite += other.notFinite
  }

  /// Number of values in the bins.
  public var total: Int { counts.reduce(0, +) }

  /// The mean of the numbers; not a number if there are none.
  public var mean: Double { sum / Double(total) }

  /// Their standard deviation, divided by their count.
  public var deviation: Double {
    max(0, sumOfSquares / Double(total) - mean * mean).squareRoot()
  }

  /// The width of a bin.
  public var binWidth: Double { 2 * exp2(exponent) / Double(Self.binCount) }

  /// The edges of all bins, one more than there are bins.
  public var edges: [Double] {
    (0...Self.binCount).map { Double($0 - Self.binCount / 2) * binWidth }
  }

  /// The densities of all bins; their sum times the width of a bin is 1.
  public var densities: [Double] {
    let scale = 1 / (Double(max(1, total)) * binWidth)
    return counts.map { Double($0) * scale }
  }

  /// The fraction of the numbers below each edge, from 0 to 1.
  public var cumulative: [Double] {
    var below = 0
    let all = Double(max(1, total))
    return [0]
      + counts.map { count in
        below += count
        return Double(below) / all
      }
  }

  /// The lowest and the highest edge of a bin that is not empty; nil if all are.
  public var support: ClosedRange<Double>? {
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else { return nil }
    return edges[first]...edges[last + 1]
  }

  private mutating func widen(to magnitude: Float) {
    guard magnitude > 0 else { return }
    // The next power of two above the magnitude, which itself belongs to the bin above the range.
    double(to: max(exponent, Int(magnitude.exponent) + 1))
  }

  /// Doubles the range until it is the given one; pairs of bins become one.
  private mutating func double(to target: Int) {
    guard target > exponent else { return }
    let (half, quarter) = (Self.binCount / 2, Self.binCount / 4)
    if total == 0 {
      exponent = target
      return
    }
    while exponent < target {
      var wider = [Int](repeating: 0, count: Self.binCount)
      for bin in 0..<half { wider[quarter + bin] = counts[2 * bin] + counts[2 * bin + 1] }
      counts = wider
      exponent += 1
    }
  }

  private func exp2(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
