import DifferentiableCore
import Fields
import Fitting
import Foundation
import Numerics
import Signals
import SyntheticData
import TestSupport
import Testing

/// A field given by a formula, with its gradient by central differences.
struct FormulaField: Field {
  let formula: @Sendable (SIMD3<Double>) -> Double
  let coordinates = 3
  let outputs = 1
  let parameterCount = 0

  func evaluate(at coordinates: [Float], derivatives: FieldDerivatives) -> FieldBlock {
    let count = coordinates.count / 3
    var block = FieldBlock(points: 0..<count, coordinates: 3, outputs: 1, derivatives)
    for index in 0..<count {
      let point = SIMD3(
        Double(coordinates[3 * index]), Double(coordinates[3 * index + 1]),
        Double(coordinates[3 * index + 2]))
      block.value[index] = Float(formula(point))
      guard derivatives == .gradient else { continue }
      for axis in 0..<3 {
        var (low, high) = (point, point)
        low[axis] -= 1e-5
        high[axis] += 1e-5
        block.gradient[3 * index + axis] = Float((formula(high) - formula(low)) / 2e-5)
      }
    }
    return block
  }

  func evaluate(at coordinates: [Double], derivatives: FieldDerivatives) -> FieldBlock {
    evaluate(at: coordinates.map { Float($0) }, derivatives: derivatives)
  }

  func scalingCoordinates(by factors: [Float]) -> FormulaField { self }
}

@Suite("The surface of a field is a closed mesh") struct IsoSurfaceTests {
  private static let ball = FormulaField { length($0 - SIMD3(0.1, 0, -0.05)) - 0.6 }

  @Test("A ball has its area, volume and normals, and vertices on the surface")
  func ball() {
    let surface = IsoSurface(of: Self.ball, resolution: 64)
    let mesh = surface.mesh
    let (_, report) = mesh.repaired()
    #expect(report.isSolid && report.parts == 1 && report.turnedTriangles == 0)
    #expect(!report.wasInsideOut && report.removedTriangles == 0)
    let volume = mesh.signedVolume / (4 * Double.pi / 3 * 0.216)
    let area = mesh.area / (4 * Double.pi * 0.36)
    #expect(abs(volume - 1) < 0.002 && abs(area - 1) < 0.002)
    for (vertex, normal) in zip(mesh.vertices, mesh.normals ?? []) {
      let offset = vertex - SIMD3(0.1, 0, -0.05)
      #expect(abs(length(offset) - 0.6) < 1e-5)
      #expect(dot(normalized(offset), normal) > 0.9999)
    }
    #expect(surface.emptyShare > 0.5 && !surface.touchesBorder)
    // Euler's characteristic of a sphere.
    #expect(mesh.vertices.count * 2 - mesh.triangles.count == 4)
  }

  @Test(
    "Noise gives a closed manifold: every edge has two triangles that agree", arguments: [1, 2, 3])
  func noise(_ seed: UInt64) {
    // Random values at the corners, so that all cases of a cube occur, ambiguous faces among them.
    let field = FormulaField { point in
      let place = SIMD3(
        (point.x * 16).rounded(), (point.y * 16).rounded(), (point.z * 16).rounded())
      var random = Xoshiro256(
        seed: seed, UInt64(place.x + 100), UInt64(place.y + 100), UInt64(place.z + 100))
      return random.uniform() - 0.5
    }
    let mesh = IsoSurface(of: field, resolution: 32).mesh
    var edges: [SIMD2<Int32>: Int] = [:]
    for triangle in mesh.triangles {
      for corner in 0..<3 {
        edges[SIMD2(triangle[corner], triangle[(corner + 1) % 3]), default: 0] += 1
      }
    }
    #expect(mesh.triangles.count > 10_000)
    #expect(edges.allSatisfy { $0.value == 1 })
    #expect(edges.allSatisfy { edges[SIMD2($0.key.y, $0.key.x)] == 1 })
  }

  @Test("Blocks that the bound would pass over are found from the surface")
  func steepFields() {
    // The field is flat and large everywhere but in a layer so thin that no centre of a block lies in it.
    let field = FormulaField { point in
      min(0.9, max(-0.9, 20_000 * (length(point) - 0.503_1)))
    }
    let (_, report) = IsoSurface(of: field, resolution: 128).mesh.repaired()
    #expect(report.isSolid && report.parts == 1)
  }

  @Test("A surface that leaves the cube is closed at its border, which is stated")
  func border() {
    let surface = IsoSurface(of: FormulaField { length($0) - 1.2 }, resolution: 32)
    #expect(surface.touchesBorder && surface.mesh.repaired().report.isSolid)
    #expect(IsoSurface(of: FormulaField { _ in 1 }, resolution: 32).mesh.triangles.isEmpty)
  }

  @Test("The picture of a ball is round, lit from the upper left, and white around")
  func picture() {
    let renderer = ShapeRenderer(FormulaField { length($0) - 0.6 })
    let image = renderer.picture(
      width: 80, height: 80, camera: ShapeCamera(azimuth: 0, elevation: 0))
    let grey = { (row: Int, column: Int) in image[row, column, 1] }
    #expect(grey(2, 2) == 1 && grey(77, 40) == 1)
    let isBall = { (row: Int, column: Int) in grey(row, column) < 0.999 }
    // The ball's apparent radius: 40 tan(asin(0.6 / 4.6)) / tan(15 degrees) pixels.
    let radius = 40 * tan(asin(0.6 / 4.6)) / tan(15 * Double.pi / 180)
    let area = (0..<80).reduce(0) { sum, row in
      sum + (0..<80).reduce(0) { $0 + (isBall(row, $1) ? 1 : 0) }
    }
    let share = Double(area) / (Double.pi * radius * radius)
    #expect(abs(share - 1) < 0.08)
    #expect(grey(32, 32) > grey(50, 50))
    // Seen from the side, a point to the right of the centre moves.
    let shifted = ShapeRenderer(FormulaField { length($0 - SIMD3(0.5, 0, 0)) - 0.2 })
    let front = shifted.picture(
      width: 40, height: 40, camera: ShapeCamera(azimuth: 0, elevation: 0))
    #expect(front[20, 28, 1] < 0.999 && front[20, 12, 1] == 1)
    let back = shifted.picture(
      width: 40, height: 40, camera: ShapeCamera(azimuth: 180, elevation: 0))
    #expect(back[20, 28, 1] == 1 && back[20, 12, 1] < 0.999)
  }
}
