import Foundation

/// Cells of one size that begin at given samples, with windows `sin^2(pi t)` divided by their sum.
///
/// The t of a cell rises from 0 at the outer edge of its first sample to 1 at that of its last one. Such windows
/// blend the networks that a picture prior generates for overlapping parts of a larger picture.
struct SineSquaredAxis: Sendable, Equatable {
  let samples: Int
  /// The first sample of each cell, in ascending order.
  let starts: [Int]
  /// Samples per cell.
  let size: Int

  /// The most cells that share a sample, which bounds the memory per point.
  static let mostAtAPlace = 4
  /// The least value of the window within its cell, which keeps the sum of windows above 0.
  static let least = 1e-6
  private static let mostSamples = 1 << 40
  private static let largestSize = 1 << 16

  /// Creates an axis; nil unless the cells cover all samples, neighbours overlap, and at most four cells share a
  /// sample.
  init?(samples: Int, starts: [Int], size: Int) {
    guard (1...Self.mostSamples).contains(samples), (1...Self.largestSize).contains(size),
      starts.first == 0, let last = starts.last, starts.allSatisfy({ (0..<samples).contains($0) }),
      last + size >= samples,
      zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 && $1 < $0 + size }),
      zip(starts, starts.dropFirst(Self.mostAtAPlace)).allSatisfy({ $1 >= $0 + size })
    else { return nil }
    self.samples = samples
    self.starts = starts
    self.size = size
  }

  /// The middle of a cell, in samples.
  func middle(of cell: Int) -> Double { Double(starts[cell]) + Double(size - 1) / 2 }

  /// The samples of a cell.
  func support(of cell: Int) -> Range<Int> {
    starts[cell]..<min(samples, starts[cell] + size)
  }

  /// The cells that contribute at a position, in order; their weights sum to 1.
  func members(at place: Double) -> [CellAxis.Member] {
    // The cells that begin before the place are those before `end`.
    var (begin, end) = (0, starts.count)
    while begin < end {
      let middle = (begin + end) / 2
      if Double(starts[middle]) - 0.5 < place { begin = middle + 1 } else { end = middle }
    }
    var first = end
    while first > 0, Double(starts[first - 1] + size) - 0.5 > place { first -= 1 }
    // Beyond the ends, and where the position is not a number, only the nearest cell contributes.
    guard first < end else {
      return [.init(cell: max(0, end - 1), weight: 1, slope: 0, curvature: 0)]
    }
    var members = (first..<end).map { window(of: $0, at: place) }
    var sum = CellAxis.Member(cell: 0, weight: 0, slope: 0, curvature: 0)
    for member in members {
      sum.weight += member.weight
      sum.slope += member.slope
      sum.curvature += member.curvature
    }
    for index in members.indices {
      // The quotient rule.
      let own = members[index]
      let weight = own.weight / sum.weight
      let slope = (own.slope - weight * sum.slope) / sum.weight
      members[index].weight = weight
      members[index].slope = slope
      members[index].curvature =
        (own.curvature - 2 * slope * sum.slope - weight * sum.curvature) / sum.weight
    }
    return members
  }

  /// The window of a cell before normalization.
  private func window(of cell: Int, at place: Double) -> CellAxis.Member {
    let length = Double(size)
    let angle = Double.pi * (place - Double(starts[cell]) + 0.5) / length
    let (sine, cosine) = (sin(angle), cos(angle))
    guard sine * sine >= Self.least else {
      return .init(cell: cell, weight: Self.least, slope: 0, curvature: 0)
    }
    let rate = Double.pi / length
    return .init(
      cell: cell, weight: sine * sine, slope: 2 * rate * sine * cosine,
      curvature: 2 * rate * rate * (cosine * cosine - sine * sine))
  }
}
