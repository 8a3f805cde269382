/// What was found and changed when a mesh was checked.
public struct MeshReport: Sendable, Equatable {
  /// Vertices at the position of another, which were merged.
  public var mergedVertices = 0
  /// Triangles without area or with the corners of another, which were removed.
  public var removedTriangles = 0
  /// Triangles that were turned to agree with their neighbours.
  public var turnedTriangles = 0
  /// Whether all triangles were turned because the normals pointed inwards.
  public var wasInsideOut = false
  /// Edges of one triangle only; the mesh is closed if there are none.
  public var borderEdges = 0
  /// Closed loops of border edges.
  public var holes = 0
  /// Edges of more than two triangles.
  public var nonManifoldEdges = 0
  /// Edges whose two triangles cannot be made to agree, as on a Moebius strip.
  public var contradictoryEdges = 0
  /// Parts that share no edge.
  public var parts = 0

  /// A report of nothing.
  public init() {}

  /// Whether the mesh is the closed, oriented border of a solid.
  public var isSolid: Bool {
    borderEdges == 0 && nonManifoldEdges == 0 && contradictoryEdges == 0
  }

  /// One line for each defect and repair, for people.
  public var remarks: [String] {
    let count = { (number: Int, one: String, many: String) in
      "\(number) \(number == 1 ? one : many)"
    }
    var lines: [String] = []
    if mergedVertices > 0 {
      lines.append("\(count(mergedVertices, "vertex was", "vertices were")) merged with equal ones")
    }
    if removedTriangles > 0 {
      lines.append(
        "\(count(removedTriangles, "triangle", "triangles")) without area or twice there "
          + "\(removedTriangles == 1 ? "was" : "were") removed")
    }
    if turnedTriangles > 0 {
      lines.append(
        "\(count(turnedTriangles, "triangle was", "triangles were")) turned to agree with their "
          + "neighbours")
    }
    if wasInsideOut { lines.append("the normals pointed inwards; all triangles were turned") }
    if borderEdges > 0 {
      lines.append(
        "the mesh is not closed (\(count(holes, "hole", "holes")), "
          + "\(count(borderEdges, "border edge", "border edges"))); the winding number decides what "
          + "is inside")
    }
    if nonManifoldEdges > 0 {
      lines.append(
        "\(count(nonManifoldEdges, "edge has", "edges have")) more than two triangles; the winding "
          + "number decides what is inside")
    }
    if contradictoryEdges > 0 {
      lines.append(
        "\(count(contradictoryEdges, "edge", "edges")) cannot be oriented, as on a Moebius strip; "
          + "the surface has no inside there")
    }
    return lines
  }
}

extension TriangleMesh {
  /// The mesh with equal vertices merged, useless triangles removed and all triangles oriented alike.
  ///
  /// The triangles of a connected part are turned so that neighbours agree, whichever way most of them point already.
  /// If the volume is then negative, all are turned.
  public func repaired() -> (mesh: TriangleMesh, report: MeshReport) {
    var report = MeshReport()
    var mesh = merged(&report)
    let edges = EdgeTriangles(mesh)
    report.nonManifoldEdges = edges.nonManifold
    report.borderEdges = edges.border.count
    report.holes = Self.loops(of: edges.border)
    mesh.orient(edges, &report)
    if mesh.signedVolume < 0 {
      report.wasInsideOut = true
      for index in mesh.triangles.indices { mesh.turn(index) }
    }
    return (mesh, report)
  }

  private mutating func turn(_ triangle: Int) {
    let corners = triangles[triangle]
    triangles[triangle] = SIMD3(corners.x, corners.z, corners.y)
  }

  private func merged(_ report: inout MeshReport) -> TriangleMesh {
    var known: [SIMD3<Double>: Int32] = [:]
    known.reserveCapacity(vertices.count)
    var isUsed = [Bool](repeating: false, count: vertices.count)
    for triangle in triangles {
      for corner in 0..<3 { isUsed[Int(triangle[corner])] = true }
    }
    var mesh = TriangleMesh(vertices: [], triangles: [])
    var places = [Int32](repeating: 0, count: vertices.count)
    // Adding 0 makes -0 equal to 0 in the hash as well.
    for (index, vertex) in vertices.enumerated() where isUsed[index] {
      let key = vertex + SIMD3<Double>.zero
      if let place = known[key] {
        places[index] = place
        report.mergedVertices += 1
      } else {
        places[index] = Int32(mesh.vertices.count)
        known[key] = places[index]
        mesh.vertices.append(vertex)
      }
    }
    var seen = Set<SIMD3<Int32>>()
    seen.reserveCapacity(triangles.count)
    for triangle in triangles {
      let corners = SIMD3(
        places[Int(triangle.x)], places[Int(triangle.y)], places[Int(triangle.z)])
      let (a, b, c) = (
        mesh.vertices[Int(corners.x)], mesh.vertices[Int(corners.y)], mesh.vertices[Int(corners.z)]
      )
      let sorted = [corners.x, corners.y, corners.z].sorted()
      guard length(cross(b - a, c - a)) > 0,
        seen.insert(SIMD3(sorted[0], sorted[1], sorted[2])).inserted
      else {
        report.removedTriangles += 1
        continue
      }
      mesh.triangles.append(corners)
    }
    return mesh
  }

  /// Number of closed loops that border edges form; edges that share a vertex belong to one.
  private static func loops(of border: [(Int32, Int32)]) -> Int {
    var parent: [Int32: Int32] = [:]
    func root(_ vertex: Int32) -> Int32 {
      var top = vertex
      while let next = parent[top], next != top { top = next }
      var walker = vertex
      while let next = parent[walker], next != top {
        parent[walker] = top
        walker = next
      }
      return top
    }
    for (first, second) in border {
      if parent[first] == nil { parent[first] = first }
      if parent[second] == nil { parent[second] = second }
      parent[root(first)] = root(second)
    }
    return parent.keys.reduce(0) { $0 + (parent[$1] == $1 ? 1 : 0) }
  }

  private mutating func orient(_ edges: EdgeTriangles, _ report: inout MeshReport) {
    // 0: not visited, 1: kept, -1: turned
    var state = [Int8](repeating: 0, count: triangles.count)
    for first in triangles.indices where state[first] == 0 {
      report.parts += 1
      state[first] = 1
      var part = [first]
      var next = 0
      while next < part.count {
        let triangle = part[next]
        next += 1
        for side in 0..<3 {
          let (neighbour, agrees) = edges.neighbour(of: triangle, side: side)
          guard let neighbour else { continue }
          let wanted = agrees ? state[triangle] : -state[triangle]
          if state[neighbour] == 0 {
            state[neighbour] = wanted
            part.append(neighbour)
          } else if state[neighbour] != wanted, triangle < neighbour {
            report.contradictoryEdges += 1
          }
        }
      }
      let turned = part.reduce(0) { $0 + (state[$1] == -1 ? 1 : 0) }
      let minority: Int8 = 2 * turned <= part.count ? -1 : 1
      for triangle in part where state[triangle] == minority {
        turn(triangle)
        report.turnedTriangles += 1
      }
    }
  }
}

/// The triangles at each edge of a mesh.
private struct EdgeTriangles {
  /// The neighbour across each side of each triangle, with the lowest bit set if its orientation agrees; -1 for none.
  private var neighbours: [Int]
  /// Edges of one triangle.
  private(set) var border: [(Int32, Int32)] = []
  /// Number of edges of more than two triangles.
  private(set) var nonManifold = 0

  init(_ mesh: TriangleMesh) {
    let sides = mesh.triangles.count * 3
    neighbours = [Int](repeating: -1, count: sides)
    let edge = { (side: Int) -> (key: UInt64, isForward: Bool) in
      let triangle = mesh.triangles[side / 3]
      let (from, to) = (triangle[side % 3], triangle[(side % 3 + 1) % 3])
      return (UInt64(min(from, to)) << 32 | UInt64(max(from, to)), from < to)
    }
    let keys = (0..<sides).map { edge($0).key }
    let order = (0..<sides).sorted { keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1 }
    var start = 0
    while start < sides {
      var end = start + 1
      while end < sides, keys[order[end]] == keys[order[start]] { end += 1 }
      switch end - start {
      case 1:
        let key = keys[order[start]]
        border.append((Int32(key >> 32), Int32(key & 0xFFFF_FFFF)))
      case 2:
        let (one, other) = (order[start], order[start + 1])
        // Consistent triangles pass their common edge in opposite directions.
        let agrees = edge(one).isForward != edge(other).isForward ? 1 : 0
        neighbours[one] = (other / 3) << 1 | agrees
        neighbours[other] = (one / 3) << 1 | agrees
      default: nonManifold += 1
      }
      start = end
    }
  }

  /// The triangle across a side, and whether both are oriented alike; nil at borders and non-manifold edges.
  func neighbour(of triangle: Int, side: Int) -> (triangle: Int?, agrees: Bool) {
    let entry = neighbours[3 * triangle + side]
    return entry < 0 ? (nil, true) : (entry >> 1, entry & 1 == 1)
  }
}
