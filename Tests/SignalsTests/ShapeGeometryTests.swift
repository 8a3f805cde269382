import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite("Meshes and points in space") struct ShapeGeometryTests {
  /// A sphere of latitudes and longitudes.
  static func sphere(radius: Double = 1, rows: Int = 24, columns: Int = 48) -> TriangleMesh {
    var mesh = TriangleMesh(vertices: [SIMD3(0, radius, 0)], triangles: [])
    for row in 1..<rows {
      for column in 0..<columns {
        let (a, b) = (
          Double.pi * Double(row) / Double(rows), 2 * Double.pi * Double(column) / Double(columns)
        )
        mesh.vertices.append(SIMD3(sin(a) * cos(b), cos(a), sin(a) * sin(b)) * radius)
      }
    }
    mesh.vertices.append(SIMD3(0, -radius, 0))
    let last = Int32(mesh.vertices.count - 1)
    let at = { (row: Int, column: Int) in Int32(1 + (row - 1) * columns + column % columns) }
    for column in 0..<columns {
      mesh.triangles.append(SIMD3(0, at(1, column + 1), at(1, column)))
      mesh.triangles.append(SIMD3(last, at(rows - 1, column), at(rows - 1, column + 1)))
      for row in 1..<rows - 1 {
        mesh.triangles.append(SIMD3(at(row, column), at(row, column + 1), at(row + 1, column + 1)))
        mesh.triangles.append(SIMD3(at(row, column), at(row + 1, column + 1), at(row + 1, column)))
      }
    }
    return mesh
  }

  private func points(_ count: Int, seed: UInt64 = 3) -> [SIMD3<Double>] {
    var random = Xoshiro256(seed: seed)
    return (0..<count).map { _ in
      SIMD3(random.uniform(), random.uniform(), random.uniform()) * 3 - 1.5
    }
  }

  @Test("Area and volume of a sphere")
  func measures() {
    let mesh = Self.sphere(rows: 96, columns: 192)
    #expect(abs(mesh.area - 4 * .pi) < 0.01)
    #expect(abs(mesh.signedVolume - 4 * .pi / 3) < 0.005)
    let (same, report) = mesh.repaired()
    #expect(same.triangles == mesh.triangles && report == MeshReport().with { $0.parts = 1 })
    #expect(report.isSolid && report.remarks.isEmpty)
  }

  @Test("Turned triangles, a mesh inside out, doubles and holes are repaired or stated")
  func repairs() {
    let sphere = Self.sphere()
    var broken = sphere
    for index in [3, 40, 41, 500] {
      let corners = broken.triangles[index]
      broken.triangles[index] = SIMD3(corners.x, corners.z, corners.y)
    }
    // A copy of a vertex, a triangle without area, and one that is there twice.
    broken.vertices.append(broken.vertices[7])
    let copy = Int32(broken.vertices.count - 1)
    broken.triangles = broken.triangles.map { triangle in
      triangle.x == 7 ? SIMD3(copy, triangle.y, triangle.z) : triangle
    }
    broken.triangles.append(SIMD3(1, 1, 2))
    broken.triangles.append(broken.triangles[10])
    let (mesh, report) = broken.repaired()
    #expect(report.turnedTriangles == 4 && report.mergedVertices == 1)
    #expect(report.removedTriangles == 2 && report.isSolid && !report.wasInsideOut)
    #expect(abs(mesh.signedVolume - sphere.signedVolume) < 1e-12)
    #expect(
      report.remarks == [
        "1 vertex was merged with equal ones",
        "2 triangles without area or twice there were removed",
        "4 triangles were turned to agree with their neighbours",
      ])

    var inside = sphere
    inside.triangles = inside.triangles.map { SIMD3($0.x, $0.z, $0.y) }
    let turned = inside.repaired()
    #expect(turned.report.wasInsideOut && turned.mesh.signedVolume > 0)

    var open = sphere
    open.triangles.removeAll { $0.x == 0 }
    let hole = open.repaired().report
    #expect(hole.holes == 1 && hole.borderEdges == 48 && !hole.isSolid)

    var fins = sphere
    fins.vertices.append(SIMD3(2, 2, 2))
    let edge = sphere.triangles[5]
    fins.triangles.append(SIMD3(edge.x, edge.y, Int32(fins.vertices.count - 1)))
    let fin = fins.repaired().report
    #expect(fin.nonManifoldEdges == 1 && fin.borderEdges == 2)
  }

  @Test("A Moebius strip has no inside, which is stated")
  func moebius() {
    var mesh = TriangleMesh(vertices: [], triangles: [])
    let count = 24
    for step in 0..<count {
      let t = 2 * Double.pi * Double(step) / Double(count)
      for side in [-0.3, 0.3] {
        mesh.vertices.append(
          SIMD3(
            (1 + side * cos(t / 2)) * cos(t), (1 + side * cos(t / 2)) * sin(t), side * sin(t / 2)))
      }
    }
    for step in 0..<count {
      let a = Int32(2 * step)
      let isLast = step == count - 1
      let (c, d): (Int32, Int32) = isLast ? (1, 0) : (a + 2, a + 3)
      mesh.triangles.append(SIMD3(a, c, a + 1))
      mesh.triangles.append(SIMD3(a + 1, c, d))
    }
    let report = mesh.repaired().report
    #expect(report.contradictoryEdges > 0 && !report.isSolid)
    #expect(report.remarks.contains { $0.contains("Moebius") })
  }

  @Test("Nearest points are those of an exhaustive search, and signs those of the sphere")
  func distances() {
    let mesh = Self.sphere()
    let distance = MeshDistance(mesh)
    for point in points(200) {
      let found = distance.nearest(to: point)
      var best = Double.infinity
      for triangle in mesh.triangles.indices {
        let (a, b, c) = mesh.corners(of: triangle)
        // Points of a dense triangle bound the distance from above.
        for i in 0...4 {
          for j in 0...4 - i {
            let (u, v) = (Double(i) / 4, Double(j) / 4)
            let p = a + (b - a) * u + (c - a) * v
            best = min(best, length(p - point))
          }
        }
      }
      #expect(found.distance <= best + 1e-12 && found.distance > best - 0.03)
      #expect(abs(length(found.point - point) - found.distance) < 1e-12)
      let radius = length(point)
      if abs(radius - 1) > 0.02 {
        #expect((distance.signedDistance(to: point) < 0) == (radius < 1))
        #expect(abs(distance.signedDistance(to: point) - (radius - 1)) < 0.02)
        #expect(abs(distance.windingNumber(at: point) - (radius < 1 ? 1 : 0)) < 0.05)
      }
    }
  }

  @Test("The nearest point of a triangle without an area is that of its sides")
  func nearestOfDegenerate() {
    let (a, b) = (SIMD3<Double>(0, 0, 0), SIMD3<Double>(2, 0, 0))
    // Two equal corners in every place, three on a line in every order, and one point.
    let triangles = [
      (a, a, b), (a, b, a), (b, a, a), (b, b, a), (a, (a + b) / 2, b), (b, (a + b) / 2, a),
      ((a + b) / 2, a, b),
    ]
    for (first, second, third) in triangles {
      for (point, nearest) in [
        (SIMD3<Double>(-3, 1, 0), a), (SIMD3(0.5, 2, 1), SIMD3(0.5, 0, 0)), (SIMD3(4, 0, 5), b),
      ] {
        let mesh = TriangleMesh(vertices: [first, second, third], triangles: [SIMD3(0, 1, 2)])
        let found = MeshDistance(mesh).nearest(to: point)
        #expect(length(found.point - nearest) < 1e-12, "\(found) of \(first) \(second) \(third)")
      }
    }
    let single = TriangleMesh(vertices: [a, a, a], triangles: [SIMD3(0, 1, 2)])
    #expect(MeshDistance(single).nearest(to: b).point == a)
  }

  @Test("Samples lie on the surface, evenly, and follow from the seed")
  func sampling() {
    let mesh = Self.sphere(rows: 96, columns: 192)
    let cloud = mesh.sampled(4_000, seed: 5)
    #expect(cloud == mesh.sampled(4_000, seed: 5) && cloud != mesh.sampled(4_000, seed: 6))
    for (point, normal) in zip(cloud.points, cloud.normals ?? []) {
      #expect(abs(length(point) - 1) < 2e-3 && dot(point, normal) > 0.99)
    }
    // Archimedes: heights on a sphere are uniform.
    let upper = cloud.points.filter { $0.y > 0.5 }.count
    #expect(abs(upper - 1_000) < 60)
  }

  @Test("Distances and winding numbers of a cloud agree with the sphere")
  func cloudDistances() {
    let cloud = Self.sphere(rows: 96, columns: 192).sampled(4_000, seed: 5)
    let distance = CloudDistance(cloud)
    for point in points(300) {
      let radius = length(point)
      let (found, spacing) = distance.signedDistance(to: point)
      guard abs(radius - 1) > 1.5 * spacing else { continue }
      #expect(abs(found - (radius - 1)) < 0.02, "\(radius) \(found)")
      let nearest = distance.nearest(3, to: point)
      let all = cloud.points.map { dot($0 - point, $0 - point) }.sorted()
      #expect(nearest.map(\.squared) == Array(all.prefix(3)))
    }
    let area = distance.areas.reduce(0.0, +)
    let ratio = area / (4 * Double.pi)
    #expect(abs(ratio - 1) < 0.15)
  }

  @Test("Normals of bare points are found with their signs, also for two bodies")
  func orientation() {
    let bodies: [(name: String, mesh: TriangleMesh)] = [
      ("sphere", Self.sphere()),
      (
        "two spheres",
        Self.joined(Self.sphere(), Self.moved(Self.sphere(radius: 0.4), by: SIMD3(1.7, 0, 0)))
      ),
    ]
    for body in bodies {
      let truth = body.mesh.sampled(3_000, seed: 2)
      let found = PointNormals.estimated(for: PointCloud(points: truth.points))
      var wrong = 0
      for (own, expected) in zip(found.normals ?? [], truth.normals ?? [])
      where dot(own, expected) < 0.7 {
        wrong += 1
      }
      #expect(wrong < 30, "\(body.name): \(wrong) of 3000")
    }
  }

  private static func moved(_ mesh: TriangleMesh, by offset: SIMD3<Double>) -> TriangleMesh {
    var mesh = mesh
    mesh.vertices = mesh.vertices.map { $0 + offset }
    return mesh
  }

  private static func joined(_ one: TriangleMesh, _ other: TriangleMesh) -> TriangleMesh {
    let offset = Int32(one.vertices.count)
    return TriangleMesh(
      vertices: one.vertices + other.vertices,
      triangles: one.triangles + other.triangles.map { $0 &+ SIMD3(offset, offset, offset) })
  }

  @Test("The frame maps the largest side to 1.8 and back")
  func frame() throws {
    let positions = [SIMD3(1e6, 0, -4), SIMD3(1e6 + 2, 6, -4)]
    let frame = try #require(ShapeFrame(around: positions))
    #expect(frame.largestSide == 6 && frame.centre == SIMD3(1e6 + 1, 3, -4))
    let mapped = frame.normalize(positions[1])
    #expect(length(mapped - SIMD3(0.3, 0.9, 0)) < 1e-9)
    #expect(length(frame.restore(mapped) - positions[1]) < 1e-6)
    #expect(ShapeFrame(around: [SIMD3(1, 1, 1), SIMD3(1, 1, 1)]) == nil)
    #expect(ShapeFrame(around: []) == nil)
    // A vertex that no triangle has is none of the mesh.
    let mesh = TriangleMesh(
      vertices: positions + [SIMD3(1e6, 6, -4), SIMD3(0, 0, 0)], triangles: [SIMD3(0, 2, 1)])
    #expect(ShapeFrame(around: mesh) == frame)
  }

  @Test("Results do not depend on the number of threads")
  func threads() {
    let cloud = Self.sphere().sampled(1_500, seed: 2)
    let bare = PointCloud(points: cloud.points)
    let one = Parallel.withThreadCount(1) { PointNormals.estimated(for: bare) }
    let several = Parallel.withThreadCount(3) { PointNormals.estimated(for: bare) }
    #expect(one == several)
  }
}

extension MeshReport {
  fileprivate func with(_ change: (inout MeshReport) -> Void) -> MeshReport {
    var report = self
    change(&report)
    return report
  }
}
