/// An index of points in the plane for nearest-neighbour queries (a k-d tree).
///
/// Unlike a grid of buckets it does not slow down if all points are in one corner, as in a half-covered
/// picture.
struct PlanarPointIndex {
  /// A range of fewer points is searched linearly.
  private static let leafSize = 8
  /// Original indices, permuted so that every node is a range split at its middle.
  private var order: [Int]
  private let rows: [Double]
  private let columns: [Double]

  /// An index over points given as (row, column) pairs, `[n, 2]`.
  init(positions: [Float]) {
    let count = positions.count / 2
    rows = (0..<count).map { Double(positions[2 * $0]) }
    columns = (0..<count).map { Double(positions[2 * $0 + 1]) }
    order = Array(0..<count)
    build(0, count, byRow: true)
  }

  /// The index of the nearest point, or the lowest index of several at the same distance.
  ///
  /// There must be at least one point.
  func nearest(row: Double, column: Double) -> Int {
    var best = Candidate(squaredDistance: .infinity, index: .max)
    search(0, order.count, byRow: true, row: row, column: column, best: &best)
    return best.index
  }

  private struct Candidate {
    var squaredDistance: Double
    var index: Int
  }

  private mutating func build(_ low: Int, _ high: Int, byRow: Bool) {
    guard high - low > Self.leafSize else { return }
    let keys = byRow ? rows : columns
    order[low..<high].sort { (keys[$0], $0) < (keys[$1], $1) }
    let middle = (low + high) / 2
    build(low, middle, byRow: !byRow)
    build(middle + 1, high, byRow: !byRow)
  }

  private func search(
    _ low: Int, _ high: Int, byRow: Bool, row: Double, column: Double, best: inout Candidate
  ) {
    if high - low <= Self.leafSize {
      for position in low..<high { consider(order[position], row, column, &best) }
      return
    }
    let middle = (low + high) / 2
    let point = order[middle]
    consider(point, row, column, &best)
    let offset = byRow ? row - rows[point] : column - columns[point]
    let nearIsLow = offset < 0
    for isLow in [nearIsLow, !nearIsLow] {
      // Branches at an equal distance are searched too, to find the lowest index.
      if isLow != nearIsLow && offset * offset > best.squaredDistance { continue }
      if isLow {
        search(low, middle, byRow: !byRow, row: row, column: column, best: &best)
      } else {
        search(middle + 1, high, byRow: !byRow, row: row, column: column, best: &best)
      }
    }
  }

  private func consider(
    _ index: Int, _ row: Double, _ column: Double, _ best: inout Candidate
  ) {
    let (down, right) = (row - rows[index], column - columns[index])
    let distance = down * down + right * right
    if (distance, index) < (best.squaredDistance, best.index) {
      best = Candidate(squaredDistance: distance, index: index)
    }
  }
}
