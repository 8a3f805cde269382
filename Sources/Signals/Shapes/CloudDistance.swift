import Foundation

/// Distances to a surface of which points are known, with the nearest points and the winding number.
public struct CloudDistance: Sendable {
  /// The points.
  public let points: [SIMD3<Double>]
  /// The unit normals; empty if they are unknown.
  public let normals: [SIMD3<Double>]
  /// The distance from each point to its sixth neighbour: twice the usual distance between neighbours.
  public let spacings: [Double]
  /// The area of the surface for which each point stands.
  public let areas: [Double]
  private let tree: BoundsTree
  private let dipoles: DipoleSums?

  /// Neighbours from which spacing and area are estimated.
  private static let neighbours = 12

  /// Prepares a cloud of at least one point.
  public init(_ cloud: PointCloud) {
    points = cloud.points
    normals = cloud.normals ?? []
    let points = points
    let tree = BoundsTree(count: points.count, leafSize: 8) { (points[$0], points[$0]) }
    self.tree = tree
    let search = NeighbourSearch(tree, points)
    let distances = search.forEachPoint(neighbours: Self.neighbours + 1) { _, found in
      // The point itself comes first.
      let last = found[found.count - 1].squared.squareRoot()
      let sixth = found[min(6, found.count - 1)].squared.squareRoot()
      return (sixth, Double.pi * last * last / Double(max(1, found.count - 1)))
    }
    spacings = distances.map(\.0)
    let areas = distances.map(\.1)
    self.areas = areas
    if let normals = cloud.normals {
      dipoles = DipoleSums(
        tree, moments: zip(normals, areas).map { $0 * $1 }, positions: points)
    } else {
      dipoles = nil
    }
  }

  /// The points in an order in which neighbours lie close together.
  var spatialOrder: [Int32] { tree.order }

  /// The nearest points, nearest first.
  public func nearest(_ count: Int, to point: SIMD3<Double>) -> [(index: Int, squared: Double)] {
    NeighbourSearch(tree, points).nearest(count, to: point)
  }

  /// The winding number: about 1 inside, 0 outside, and vague nearer to the surface than the points are to each other.
  public func windingNumber(at point: SIMD3<Double>) -> Double {
    guard let dipoles else { return 0 }
    return dipoles.sum(tree, at: point) { item in
      let offset = points[item] - point
      let squared = dot(offset, offset)
      guard squared > 0 else { return 0 }
      return areas[item] * dot(normals[item], offset) / (squared * squared.squareRoot())
    } / (4 * Double.pi)
  }

  /// The signed distance, and the spacing of the points nearby.
  ///
  /// The surface is taken as discs around the points, each as large as the distance to the neighbours.
  /// The distance is good from about one spacing on.
  public func signedDistance(to point: SIMD3<Double>) -> (distance: Double, spacing: Double) {
    let near = nearest(8, to: point)
    guard let first = near.first else { return (.infinity, 0) }
    var best = Double.infinity
    for (index, squared) in near {
      guard !normals.isEmpty else {
        best = min(best, squared.squareRoot())
        continue
      }
      let height = dot(point - points[index], normals[index])
      let aside = max(0, squared - height * height).squareRoot() - spacings[index] / 2
      best = min(best, (height * height + max(0, aside) * max(0, aside)).squareRoot())
    }
    let isInside = windingNumber(at: point) > 0.5
    return (isInside ? -best : best, spacings[first.index])
  }
}

/// The nearest points among many.
struct NeighbourSearch: Sendable {
  private let tree: BoundsTree
  private let points: [SIMD3<Double>]

  init(_ tree: BoundsTree, _ points: [SIMD3<Double>]) {
    self.tree = tree
    self.points = points
  }

  /// The nearest points, nearest first; equal distances in the order of the points.
  func nearest(_ count: Int, to point: SIMD3<Double>) -> [(index: Int, squared: Double)] {
    var found: [(index: Int, squared: Double)] = []
    found.reserveCapacity(count + 1)
    if !tree.nodes.isEmpty, count > 0 { search(0, count, point, &found) }
    return found
  }

  private func search(
    _ number: Int, _ count: Int, _ point: SIMD3<Double>,
    _ found: inout [(index: Int, squared: Double)]
  ) {
    let node = tree.nodes[number]
    if node.right == 0 {
      for place in Int(node.start)..<Int(node.start + node.count) {
        let index = Int(tree.order[place])
        let offset = points[index] - point
        let squared = dot(offset, offset)
        guard found.count < count || squared < found[found.count - 1].squared else { continue }
        var at = found.count
        while at > 0, found[at - 1].squared > squared { at -= 1 }
        found.insert((index, squared), at: at)
        if found.count > count { found.removeLast() }
      }
      return
    }
    let (left, right) = (number + 1, Int(node.right))
    let leftDistance = tree.nodes[left].squaredDistance(to: point)
    let rightDistance = tree.nodes[right].squaredDistance(to: point)
    let (near, far) = leftDistance <= rightDistance ? (left, right) : (right, left)
    func isOpen(_ distance: Double) -> Bool {
      found.count < count || distance < found[found.count - 1].squared
    }
    if isOpen(min(leftDistance, rightDistance)) { search(near, count, point, &found) }
    if isOpen(max(leftDistance, rightDistance)) { search(far, count, point, &found) }
  }

  /// Calls `body` with every point and its nearest points, itself first, on all threads.
  func forEachPoint<Value: Sendable>(
    neighbours: Int, _ body: @Sendable (Int, [(index: Int, squared: Double)]) -> Value
  ) -> [Value] {
    ParallelPieces.map(points.count) { body($0, nearest(neighbours, to: points[$0])) }
  }
}
