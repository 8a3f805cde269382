/// A binary tree of boxes around items in space, with which nearest items and sums over distant ones are found.
///
/// The children of a node lie behind it: the left one directly, the right one at `right`.
struct BoundsTree: Sendable {
  struct Node: Sendable {
    var lower: SIMD3<Double>
    var upper: SIMD3<Double>
    /// The first of the node's items in ``order``.
    var start: Int32
    /// Number of the node's items.
    var count: Int32
    /// The right child; 0 for a leaf.
    var right: Int32

    /// The squared distance from a point to the box; 0 inside.
    @inline(__always)
    func squaredDistance(to point: SIMD3<Double>) -> Double {
      let outside = pointwiseMax(pointwiseMax(lower - point, point - upper), .zero)
      return dot(outside, outside)
    }
  }

  private(set) var nodes: [Node] = []
  /// The items in the order of the leaves.
  private(set) var order: [Int32]

  /// A tree over items with boxes.
  ///
  /// - Parameters:
  ///   - leafSize: the most items in a leaf.
  ///   - bounds: returns the box around an item.
  init(
    count: Int, leafSize: Int, bounds: (Int) -> (lower: SIMD3<Double>, upper: SIMD3<Double>)
  ) {
    order = (0..<count).map { Int32($0) }
    guard count > 0 else { return }
    let boxes = (0..<count).map(bounds)
    let centres = boxes.map { ($0.lower + $0.upper) / 2 }
    nodes.reserveCapacity(4 * (count / leafSize + 1))
    build(0..<count, leafSize, boxes, centres)
  }

  private mutating func build(
    _ range: Range<Int>, _ leafSize: Int,
    _ boxes: [(lower: SIMD3<Double>, upper: SIMD3<Double>)], _ centres: [SIMD3<Double>]
  ) {
    var (lower, upper) = boxes[Int(order[range.lowerBound])]
    var (low, high) = (centres[Int(order[range.lowerBound])], centres[Int(order[range.lowerBound])])
    for index in range.dropFirst() {
      let item = Int(order[index])
      lower = pointwiseMin(lower, boxes[item].lower)
      upper = pointwiseMax(upper, boxes[item].upper)
      low = pointwiseMin(low, centres[item])
      high = pointwiseMax(high, centres[item])
    }
    let number = nodes.count
    nodes.append(
      Node(
        lower: lower, upper: upper, start: Int32(range.lowerBound), count: Int32(range.count),
        right: 0))
    let extent = high - low
    guard range.count > leafSize, extent.max() > 0 else { return }
    let axis = extent.x >= extent.max() ? 0 : extent.y >= extent.max() ? 1 : 2
    let middle = range.lowerBound + range.count / 2
    select(middle, in: range) { centres[Int($0)][axis] }
    build(range.lowerBound..<middle, leafSize, boxes, centres)
    nodes[number].right = Int32(nodes.count)
    build(middle..<range.upperBound, leafSize, boxes, centres)
  }

  /// Rearranges a range so that smaller keys lie before `middle` and larger ones behind (Hoare's selection).
  private mutating func select(
    _ middle: Int, in range: Range<Int>, key: (Int32) -> Double
  ) {
    var (first, last) = (range.lowerBound, range.upperBound - 1)
    while first < last {
      let pivot = key(order[(first + last) / 2])
      var (low, high) = (first, last)
      while low <= high {
        while key(order[low]) < pivot { low += 1 }
        while key(order[high]) > pivot { high -= 1 }
        if low <= high {
          order.swapAt(low, high)
          low += 1
          high -= 1
        }
      }
      if middle <= high { last = high } else if middle >= low { first = low } else { return }
    }
  }
}
