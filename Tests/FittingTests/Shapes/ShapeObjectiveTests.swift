import Fields
import Fitting
import Foundation
import Numerics
import Signals
import SyntheticData
import TestSupport
import Testing

@Suite("Signed distances are learned from meshes and points") struct ShapeObjectiveTests {
  private static let frame = ShapeFrame(around: TestShape.mesh(along: 160, around: 24).vertices)

  private static func knot() throws -> TriangleMesh {
    try #require(frame).normalize(TestShape.mesh(along: 160, around: 24))
  }

  /// Compares a loss's derivative with central differences along random directions.
  private func check(_ objective: any FieldObjective, _ batch: PointBatch) throws {
    var random = Xoshiro256(seed: 4)
    let shape = SirenArchitecture(
      coordinates: 3, hiddenWidth: 16, hiddenLayers: 1, outputs: 1, omegaFirst: 4, omegaHidden: 4)
    let field = Siren(shape, random: &random)
    let gradient = objective.lossGradient(of: field, batch).gradient
    for _ in 0..<4 {
      let direction = gradient.indices.map { _ in Float(random.normal()) }
      let loss = { (step: Float) -> Double in
        var moved = field
        for index in direction.indices {
          moved.parameters.values[index] += step * direction[index]
        }
        return objective.lossGradient(of: moved, batch).loss
      }
      let step: Float = 2e-4
      let slope = (loss(step) - loss(-step)) / Double(2 * step)
      let found = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
      #expect(
        abs(slope - found) < 0.02 * max(abs(slope), 0.1 * norm(gradient)), "\(slope) \(found)")
    }
  }

  private func norm(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
  }

  @Test("The derivative of the distances' loss is that of differences")
  func distanceDerivative() throws {
    let samples = DistanceSamples(.mesh(MeshDistance(try Self.knot())), seed: 1)
    try check(DistanceObjective(samples), PointBatch(size: 500, seed: 1, step: 3))
  }

  @Test("The derivative of the paper's loss is that of differences")
  func surfaceDerivative() throws {
    let cloud = try Self.knot().sampled(600, seed: 1)
    try check(SurfaceObjective(cloud), PointBatch(size: 400, seed: 1, step: 3))
    try check(
      SurfaceObjective(PointCloud(points: cloud.points)), PointBatch(size: 400, seed: 1, step: 3))
  }

  @Test("Distances learned from points agree with those of the mesh")
  func cloudSamples() throws {
    let mesh = MeshDistance(try Self.knot())
    let samples = DistanceSamples(.cloud(CloudDistance(mesh.mesh.sampled(8_000, seed: 1))), seed: 1)
    var (sum, wrong) = (0.0, 0)
    let chosen = stride(from: 0, to: samples.count, by: 97)
    for index in chosen {
      let point = SIMD3(
        Double(samples.coordinates[3 * index]), Double(samples.coordinates[3 * index + 1]),
        Double(samples.coordinates[3 * index + 2]))
      let truth = mesh.signedDistance(to: point)
      let found = Double(samples.distances[index])
      sum += abs(truth - found)
      if abs(truth - found) > 0.01 { wrong += 1 }
    }
    let count = Array(chosen).count
    #expect(sum / Double(count) < 2e-3, "\(sum / Double(count))")
    #expect(wrong * 50 < count, "\(wrong) of \(count)")
  }

  @Test("A short fit of a knot has most of its volume, and the same seed the same field")
  func fit() throws {
    let mesh = try Self.knot()
    let objective = DistanceObjective(
      DistanceSamples(.cloud(CloudDistance(mesh.sampled(5_000, seed: 1))), seed: 1))
    let run = { () throws -> Siren in
      var fit = FieldFit(objective, .shape(hiddenWidth: 64), .distance, seed: 1)
      _ = try fit.run(FitLimits(steps: 500))
      return fit.field
    }
    let field = try run()
    let again = try Parallel.withThreadCount(1) { try run() }
    #expect(field == again)
    let surface = IsoSurface(of: field, resolution: 64).mesh
    let quality = ShapeQuality(of: field, surface: surface, comparedWith: MeshDistance(mesh))
    #expect(try #require(quality.intersectionOverUnion) > 0.85, "\(quality)")
    #expect(quality.meanDistance < 0.01 && quality.normalConsistency > 0.9, "\(quality)")
  }

  @Test("A mesh agrees with itself, and a smaller one by its measure")
  func quality() throws {
    let mesh = try Self.knot()
    let same = ShapeQuality(of: MeshDistance(mesh), comparedWith: MeshDistance(mesh))
    #expect(same.intersectionOverUnion == 1 && same.meanDistance < 1e-9)
    #expect(same.normalConsistency > 0.999)
    // Cubes of sides 1 and 0.8 with one centre.
    let smaller = ShapeQuality(
      of: MeshDistance(Self.cube(0.4)), comparedWith: MeshDistance(Self.cube(0.5)))
    #expect(abs(try #require(smaller.intersectionOverUnion) - 0.512) < 0.01)
    #expect(abs(smaller.toReference - 0.1) < 1e-6)
  }

  @Test("The overlap counts what the model has outside of the other's box")
  func overlap() throws {
    let overlap = { (own: TriangleMesh, other: TriangleMesh) -> Double? in
      ShapeQuality(of: MeshDistance(own), comparedWith: MeshDistance(other)).intersectionOverUnion
    }
    let (one, two) = (Self.cube(0.5), Self.cube(1))
    #expect(abs(one.signedVolume - 1) < 1e-12 && abs(two.signedVolume - 8) < 1e-12)
    // A cube of side 1 in one of side 2: one part in eight, whichever is the model.
    #expect(abs(try #require(overlap(one, two)) - 0.125) < 0.005)
    #expect(abs(try #require(overlap(two, one)) - 0.125) < 0.005)
    // Moved by half a side: a volume of 1/2 in one of 3/2.
    #expect(abs(try #require(overlap(Self.cube(0.5, at: SIMD3(0.5, 0, 0)), one)) - 1 / 3) < 0.005)
    #expect(overlap(Self.cube(0.5, at: SIMD3(40, 0, 0)), one) == 0)
    // A far part of side 0.5 adds an eighth to the volume of the other: 1 in 9/8.
    var parted = Self.cube(0.25, at: SIMD3(5, 0, 0))
    let count = Int32(parted.vertices.count)
    parted.vertices += one.vertices
    parted.triangles += one.triangles.map { $0 &+ count }
    #expect(abs(try #require(overlap(parted, one)) - 8.0 / 9) < 0.01)
  }

  @Test("Sheets without thickness have no overlap that is known")
  func sheets() {
    let sheet = TriangleMesh(
      vertices: [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(1, 1, 0), SIMD3(0, 1, 0)],
      triangles: [SIMD3(0, 1, 2), SIMD3(0, 2, 3)])
    let quality = ShapeQuality(of: MeshDistance(sheet), comparedWith: MeshDistance(sheet))
    #expect(quality.intersectionOverUnion == nil && quality.meanDistance < 1e-9)
  }

  /// A cube of the side `2 * half`.
  private static func cube(_ half: Double, at centre: SIMD3<Double> = .zero) -> TriangleMesh {
    var mesh = TriangleMesh(vertices: [], triangles: [])
    for corner in 0..<8 {
      var place = SIMD3<Double>(repeating: half)
      for axis in 0..<3 where corner >> axis & 1 == 0 { place[axis] = -half }
      mesh.vertices.append(centre + place)
    }
    let faces: [[Int32]] = [
      [0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5],
    ]
    for face in faces {
      mesh.triangles.append(SIMD3<Int32>(face[0], face[1], face[2]))
      mesh.triangles.append(SIMD3<Int32>(face[0], face[2], face[3]))
    }
    return mesh
  }

  @Test("A shape's frame is kept in the model file")
  func file() throws {
    let folder = try TemporaryFolder()
    var random = Xoshiro256(seed: 4)
    let field = Siren(.shape(hiddenWidth: 4), random: &random)
    let frame = ShapeFrame(centre: SIMD3(1, -2, 3e5), largestSide: 12.5)
    let path = folder.file("shape.safetensors")
    try FieldFile.write(field, to: path, signal: .shape(frame), overwrite: false)
    let read = try FieldFile.readShape(path)
    #expect(read.frame == frame)
    let other = folder.file("clip.safetensors")
    try FieldFile.write(
      field, to: other, signal: .video(width: 4, height: 4, channels: 1, frames: 3, rate: 25),
      overwrite: false)
    let error = #expect(throws: ShapeModelError.self) { try FieldFile.readShape(other) }
    #expect(
      error.map { "\($0)" }
        == "'\(other)' is no model of a shape but of a clip of 3 frames of 4x4 at 25 "
        + "per second, 1 channel; pass one that 'siren fit' made of a mesh or of points")
  }
}
