// Why this is not done by qhull 2020.2 (which SciPy uses; measured on two cores, Zen 4 with AVX-512;
// Docs/EXPERIMENTS.md, "Which libraries replace code of ours?"):
// - Speed: 10% of 2048x2048 pixels take 0.35 s instead of 3.6 s, and all pixels of 1024x1024 outside
//   a hole take 0.38 s instead of 11 s, in 203 MiB instead of 1.3 GiB.
// - Exactness: pixels are full of cocircular points. The predicates here are exact integers, so every
//   triangle has a positive area and no step can fail. Qhull computes in floating point: without
//   options it returns polygons instead of triangles (2,593 among 10% of 512x512 pixels), with `QJ`
//   it returns triangles of area 0 (176), and with `Qt` it returned valid triangles in every trial.

/// A point of the integer plane.
struct LatticePoint: Equatable {
  var x: Int64
  var y: Int64
}

/// The Delaunay triangulation of distinct integer points, by divide and conquer.
///
/// Guibas and Stolfi, "Primitives for the manipulation of general subdivisions and the computation
/// of Voronoi diagrams", ACM Transactions on Graphics 4 (1985): O(n log n) for any input. Pixels
/// are full of collinear and cocircular points, so the two predicates are exact. Where four or more
/// points share a circle the triangulation is one of several; which one is fixed by the input.
struct DelaunayTriangulation {
  /// Indices of three points each, counterclockwise where x points right and y up.
  private(set) var triangles: [(Int, Int, Int)] = []

  private let points: [LatticePoint]
  // The quad-edge structure: edge `e` of the graph, its dual `rot(e)`, its reverse `sym(e)` and
  // its reversed dual are four consecutive numbers; `next[e]` is the next edge counterclockwise
  // around the origin of `e`.
  private var next: [Int32] = []
  private var origin: [Int32] = []
  private var isDeleted: [Bool] = []

  /// Triangulates points whose coordinates are below 2^30 in magnitude.
  ///
  /// No triangles come of fewer than three points or when all are on one line.
  ///
  /// - Parameter points: distinct, in ascending order of x and then y.
  init(sorted points: [LatticePoint]) {
    self.points = points
    guard points.count >= 3 else { return }
    next.reserveCapacity(points.count * 13)
    origin.reserveCapacity(points.count * 13)
    _ = divide(0, points.count)
    collectTriangles()
  }

  // MARK: Exact predicates

  /// Twice the signed area of a triangle: positive when a, b, c turn counterclockwise.
  static func signedArea(_ a: LatticePoint, _ b: LatticePoint, _ c: LatticePoint) -> Int64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
  }

  /// Whether `d` is strictly inside the circle through the counterclockwise triangle a, b, c.
  static func isInCircle(
    _ a: LatticePoint, _ b: LatticePoint, _ c: LatticePoint, _ d: LatticePoint
  ) -> Bool {
    let (ax, ay) = (a.x - d.x, a.y - d.y)
    let (bx, by) = (b.x - d.x, b.y - d.y)
    let (cx, cy) = (c.x - d.x, c.y - d.y)
    let ofA = Int128(ax * ax + ay * ay) * Int128(bx * cy - by * cx)
    let ofB = Int128(bx * bx + by * by) * Int128(cx * ay - cy * ax)
    let ofC = Int128(cx * cx + cy * cy) * Int128(ax * by - ay * bx)
    return ofA + ofB + ofC > 0
  }

  private func turnsLeft(_ a: Int32, _ b: Int32, _ c: Int32) -> Bool {
    Self.signedArea(points[Int(a)], points[Int(b)], points[Int(c)]) > 0
  }

  private func inCircle(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> Bool {
    Self.isInCircle(points[Int(a)], points[Int(b)], points[Int(c)], points[Int(d)])
  }

  private func isRight(_ point: Int32, of edge: Int32) -> Bool {
    turnsLeft(point, destination(edge), start(edge))
  }

  private func isLeft(_ point: Int32, of edge: Int32) -> Bool {
    turnsLeft(point, start(edge), destination(edge))
  }

  // MARK: Quad-edge algebra

  private func rot(_ edge: Int32) -> Int32 { (edge & ~3) | ((edge + 1) & 3) }
  private func inverseRot(_ edge: Int32) -> Int32 { (edge & ~3) | ((edge + 3) & 3) }
  private func sym(_ edge: Int32) -> Int32 { edge ^ 2 }
  private func start(_ edge: Int32) -> Int32 { origin[Int(edge)] }
  private func destination(_ edge: Int32) -> Int32 { origin[Int(sym(edge))] }
  private func nextAroundOrigin(_ edge: Int32) -> Int32 { next[Int(edge)] }
  private func previousAroundOrigin(_ edge: Int32) -> Int32 { rot(next[Int(rot(edge))]) }
  private func nextAroundLeft(_ edge: Int32) -> Int32 { rot(next[Int(inverseRot(edge))]) }
  private func previousAroundRight(_ edge: Int32) -> Int32 { next[Int(sym(edge))] }

  private mutating func makeEdge(from start: Int32, to end: Int32) -> Int32 {
    let edge = Int32(next.count)
    next.append(contentsOf: [edge, edge + 3, edge + 2, edge + 1])
    origin.append(contentsOf: [start, -1, end, -1])
    isDeleted.append(false)
    return edge
  }

  private mutating func splice(_ a: Int32, _ b: Int32) {
    let alpha = rot(next[Int(a)])
    let beta = rot(next[Int(b)])
    next.swapAt(Int(a), Int(b))
    next.swapAt(Int(alpha), Int(beta))
  }

  /// A new edge from the end of `a` to the start of `b`, in the face left of both.
  private mutating func connect(_ a: Int32, _ b: Int32) -> Int32 {
    let edge = makeEdge(from: destination(a), to: start(b))
    splice(edge, nextAroundLeft(a))
    splice(sym(edge), b)
    return edge
  }

  private mutating func delete(_ edge: Int32) {
    splice(edge, previousAroundOrigin(edge))
    splice(sym(edge), previousAroundOrigin(sym(edge)))
    isDeleted[Int(edge) / 4] = true
  }

  // MARK: Divide and conquer

  /// Triangulates the points `low..<high`, at least two.
  ///
  /// Returns the hull edge that leaves the leftmost point counterclockwise and the one that leaves
  /// the rightmost point clockwise.
  private mutating func divide(_ low: Int, _ high: Int) -> (Int32, Int32) {
    let first = Int32(low)
    if high - low == 2 {
      let edge = makeEdge(from: first, to: first + 1)
      return (edge, sym(edge))
    }
    if high - low == 3 {
      let a = makeEdge(from: first, to: first + 1)
      let b = makeEdge(from: first + 1, to: first + 2)
      splice(sym(a), b)
      if turnsLeft(first, first + 1, first + 2) {
        _ = connect(b, a)
        return (a, sym(b))
      }
      if turnsLeft(first, first + 2, first + 1) {
        let c = connect(b, a)
        return (sym(c), c)
      }
      return (a, sym(b))
    }
    let middle = (low + high) / 2
    let left = divide(low, middle)
    let right = divide(middle, high)
    return merge(left, right)
  }

  private mutating func merge(
    _ left: (Int32, Int32), _ right: (Int32, Int32)
  ) -> (Int32, Int32) {
    var (leftOuter, leftInner) = left
    var (rightInner, rightOuter) = right
    // The lower common tangent.
    while true {
      if isLeft(start(rightInner), of: leftInner) {
        leftInner = nextAroundLeft(leftInner)
      } else if isRight(start(leftInner), of: rightInner) {
        rightInner = previousAroundRight(rightInner)
      } else {
        break
      }
    }
    var base = connect(sym(rightInner), leftInner)
    if start(leftInner) == start(leftOuter) { leftOuter = sym(base) }
    if start(rightInner) == start(rightOuter) { rightOuter = base }

    // Rises from the lower to the upper common tangent, one cross edge at a time.
    while true {
      var leftCandidate = nextAroundOrigin(sym(base))
      if isRight(destination(leftCandidate), of: base) {
        while inCircle(
          destination(base), start(base), destination(leftCandidate),
          destination(nextAroundOrigin(leftCandidate)))
        {
          let following = nextAroundOrigin(leftCandidate)
          delete(leftCandidate)
          leftCandidate = following
        }
      }
      var rightCandidate = previousAroundOrigin(base)
      if isRight(destination(rightCandidate), of: base) {
        while inCircle(
          destination(base), start(base), destination(rightCandidate),
          destination(previousAroundOrigin(rightCandidate)))
        {
          let following = previousAroundOrigin(rightCandidate)
          delete(rightCandidate)
          rightCandidate = following
        }
      }
      let leftIsValid = isRight(destination(leftCandidate), of: base)
      let rightIsValid = isRight(destination(rightCandidate), of: base)
      guard leftIsValid || rightIsValid else { break }
      let takesRight =
        !leftIsValid
        || (rightIsValid
          && inCircle(
            destination(leftCandidate), start(leftCandidate), start(rightCandidate),
            destination(rightCandidate)))
      base =
        takesRight
        ? connect(rightCandidate, sym(base)) : connect(sym(base), sym(leftCandidate))
    }
    return (leftOuter, rightOuter)
  }

  /// Every face with three counterclockwise corners is a triangle; the outer face turns the other
  /// way.
  private mutating func collectTriangles() {
    var isVisited = [Bool](repeating: false, count: next.count)
    for edge in stride(from: Int32(0), to: Int32(next.count), by: 2)
    where !isDeleted[Int(edge) / 4] && !isVisited[Int(edge)] {
      let second = nextAroundLeft(edge)
      let third = nextAroundLeft(second)
      guard nextAroundLeft(third) == edge else { continue }
      let corners = (start(edge), start(second), start(third))
      guard turnsLeft(corners.0, corners.1, corners.2) else { continue }
      for visited in [edge, second, third] { isVisited[Int(visited)] = true }
      triangles.append((Int(corners.0), Int(corners.1), Int(corners.2)))
    }
  }
}
