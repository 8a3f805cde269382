import Fields
import Foundation
import Numerics
import Signals

/// The agreement of two shapes.
public struct ShapeQuality: Sendable, Equatable {
  /// The mean distance from points of the model's surface to the other, as a fraction of the largest side.
  public var toReference: Double
  /// The mean distance from points of the other surface to the model's, as a fraction of the largest side.
  public var fromReference: Double
  /// The volume that both have over the volume that either has, 0...1; nil if no random point is inside of either, as in
  /// sheets without thickness.
  ///
  /// The standard error is about 0.002 where the other shape fills a quarter of the box around it.
  public var intersectionOverUnion: Double?
  /// The mean absolute cosine between the normals of nearest points.
  public var normalConsistency: Double
  /// The largest distance found, as a fraction of the largest side.
  public var largestDistance: Double

  /// The mean of both directions.
  public var meanDistance: Double { (toReference + fromReference) / 2 }
  /// The sum of both mean distances.
  public var chamfer: Double { toReference + fromReference }

  /// Points on each surface, and in the box around each shape.
  private static let surfacePoints = 100_000
  private static let volumePoints = 200_000

  /// Compares a field with a mesh.
  ///
  /// - Parameters:
  ///   - field: a signed distance, in the coordinates of its frame.
  ///   - surface: the mesh at which the field is 0.
  ///   - reference: the true mesh, in the same coordinates.
  ///   - seed: the seed of the random points.
  public init(
    of field: any Field, surface: TriangleMesh, comparedWith reference: MeshDistance,
    seed: UInt64 = 1
  ) {
    self.init(MeshDistance(surface), reference, seed) { points in
      let values = field.evaluate(at: points, derivatives: .none).value
      // The surface is closed at the border of the cube, and a field means nothing outside of it.
      return zip(points, values).map { $0.min() >= -1 && $0.max() <= 1 && $1 < 0 }
    }
  }

  /// Compares a mesh with another one in the same coordinates.
  ///
  /// - Parameter seed: the seed of the random points.
  public init(
    of mesh: MeshDistance, comparedWith reference: MeshDistance, seed: UInt64 = 1
  ) {
    self.init(mesh, reference, seed) { points in
      ParallelPieces.map(points.count) { mesh.windingNumber(at: points[$0]) > 0.5 }
    }
  }

  /// - Parameter isInside: says of points whether they are inside the model.
  private init(
    _ own: MeshDistance, _ reference: MeshDistance, _ seed: UInt64,
    isInside: ([SIMD3<Double>]) -> [Bool]
  ) {
    let side = ShapeFrame(around: reference.mesh.vertices)?.largestSide ?? 1
    let there = Self.distances(
      own.mesh.sampled(Self.surfacePoints, seed: seed), to: reference)
    let back = Self.distances(
      reference.mesh.sampled(Self.surfacePoints, seed: seed &+ 1), to: own)
    toReference = there.mean / side
    fromReference = back.mean / side
    largestDistance = max(there.largest, back.largest) / side
    normalConsistency = (there.cosine + back.cosine) / 2
    intersectionOverUnion = Self.overlap(isInside, own, reference, seed)
  }

  private static func distances(
    _ points: PointCloud, to other: MeshDistance
  ) -> (mean: Double, largest: Double, cosine: Double) {
    let found = ParallelPieces.map(points.points.count) { index -> (Double, Double) in
      let nearest = other.nearest(to: points.points[index])
      let (a, b, c) = other.mesh.corners(of: nearest.triangle)
      let normal = normalized(cross(b - a, c - a))
      return (nearest.distance, abs(dot(normal, points.normals?[index] ?? .zero)))
    }
    let count = Double(max(1, found.count))
    return (
      found.reduce(0) { $0 + $1.0 } / count, found.reduce(0) { max($0, $1.0) },
      found.reduce(0) { $0 + $1.1 } / count
    )
  }

  /// Intersection over union at random points of the boxes around both shapes.
  ///
  /// Points in the reference's box measure what lies there. What the model has outside of it is measured by points of the
  /// model's own box, and weighted by the ratio of the volumes. So a small part far away costs the rest no accuracy,
  /// as it would in one box around both.
  private static func overlap(
    _ isInside: ([SIMD3<Double>]) -> [Bool], _ own: MeshDistance, _ reference: MeshDistance,
    _ seed: UInt64
  ) -> Double? {
    guard let box = Box(around: reference.mesh, margin: 0.05),
      let ownBox = Box(around: own.mesh, margin: 0)
    else { return nil }
    let points = box.points(volumePoints, seed, from: 0)
    let found = isInside(points)
    let truth = ParallelPieces.map(points.count) { reference.windingNumber(at: points[$0]) > 0.5 }
    let both = zip(found, truth).count { $0 && $1 }
    var either = Double(zip(found, truth).count { $0 || $1 })
    if !box.contains(ownBox) {
      let outside = ownBox.points(volumePoints, seed, from: volumePoints).filter {
        !box.contains($0)
      }
      let extra = outside.isEmpty ? 0 : isInside(outside).count { $0 }
      either += Double(extra) * (ownBox.volume / box.volume)
    }
    return either == 0 ? nil : Double(both) / either
  }

  /// The box around a mesh, enlarged on all sides by a fraction of its largest side.
  private struct Box {
    var low: SIMD3<Double>
    var high: SIMD3<Double>

    init?(around mesh: TriangleMesh, margin: Double) {
      guard let first = mesh.vertices.first else { return nil }
      (low, high) = (first, first)
      for vertex in mesh.vertices {
        low = pointwiseMin(low, vertex)
        high = pointwiseMax(high, vertex)
      }
      let border = (high - low).max() * margin
      (low, high) = (low - border, high + border)
    }

    var volume: Double {
      let sides = high - low
      return sides.x * sides.y * sides.z
    }

    func contains(_ point: SIMD3<Double>) -> Bool {
      pointwiseMin(point, low) == low && pointwiseMax(point, high) == high
    }

    func contains(_ other: Box) -> Bool { contains(other.low) && contains(other.high) }

    /// Random points, of which each has its own stream.
    func points(_ count: Int, _ seed: UInt64, from first: Int) -> [SIMD3<Double>] {
      (first..<first + count).map { index in
        var random = Xoshiro256(seed: seed, .shapeComparison, UInt64(index))
        return low
          + (high - low) * SIMD3(random.uniform(), random.uniform(), random.uniform())
      }
    }
  }

  /// The mean distance that a field states at points of a surface, as a fraction of the largest side, and the mean cosine
  /// between its gradient and the normals.
  public static func onSurface(
    of field: any Field, _ cloud: PointCloud
  ) -> (meanDistance: Double, normalConsistency: Double) {
    let block = field.evaluate(at: cloud.points, derivatives: .gradient)
    let count = Double(max(1, cloud.points.count))
    let distance = block.value.reduce(0.0) { $0 + Double(abs($1)) } / count
    var cosine = 0.0
    for (index, normal) in (cloud.normals ?? []).enumerated() {
      let slope = SIMD3(
        Double(block.gradient[3 * index]), Double(block.gradient[3 * index + 1]),
        Double(block.gradient[3 * index + 2]))
      cosine += dot(normalized(slope), normal)
    }
    return (distance / ShapeFrame.side, cosine / count)
  }
}
