/// The polygons that separate the inside from the outside corners of a cube, for each of the 256 cases.
///
/// Corner `x + 2 y + 4 z` has its coordinates as bits. Edge `4 a + k` runs along axis a from the k-th corner whose
/// coordinate on that axis is 0.
///
/// The polygons are not tabulated but derived. On each face, going around it as seen from outside the cube, every run of inside
/// corners is cut off by one segment. Since this depends on the corners of the face alone, both cubes at a face agree, and the
/// whole surface is closed. On each face of a cube a crossed edge is entered or left, and is entered on exactly one of its two
/// faces, so the segments form cycles: the polygons. A vertex meets one polygon of each of the four cubes around its edge, so
/// the surface is a manifold.
enum CubeCases {
  /// The two corners of each edge, the lower one first.
  static let edges: [(from: Int, to: Int, axis: Int)] = (0..<3).flatMap { axis in
    (0..<8).filter { $0 >> axis & 1 == 0 }.map { ($0, $0 | 1 << axis, axis) }
  }

  /// For each case, whose bit c says that corner c is inside: polygons of edges, counterclockwise from outside.
  static let polygons: [[[Int]]] = (0..<256).map(polygons(of:))

  private static func polygons(of inside: Int) -> [[Int]] {
    var next = [Int](repeating: -1, count: 12)
    for face in faces {
      for start in 0..<4 where inside >> face[start] & 1 == 0 {
        guard inside >> face[(start + 1) % 4] & 1 == 1 else { continue }
        let entered = edge(face[start], face[(start + 1) % 4])
        var end = start + 1
        while inside >> face[(end + 1) % 4] & 1 == 1 { end += 1 }
        next[entered] = edge(face[end % 4], face[(end + 1) % 4])
      }
    }
    var result: [[Int]] = []
    for first in 0..<12 where next[first] >= 0 {
      var polygon: [Int] = []
      var edge = first
      while next[edge] >= 0 {
        polygon.append(edge)
        (edge, next[edge]) = (next[edge], -1)
      }
      result.append(polygon)
    }
    return result
  }

  /// The corners of the six faces, counterclockwise seen from outside the cube.
  private static let faces: [[Int]] = (0..<3).flatMap { axis -> [[Int]] in
    let (b, c) = (1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3))
    let around = [0, b, b | c, c]
    return [around.reversed(), around.map { $0 | 1 << axis }]
  }

  private static func edge(_ one: Int, _ other: Int) -> Int {
    edges.firstIndex { $0.from == min(one, other) && $0.to == max(one, other) } ?? 0
  }
}
