import Fields
import Foundation
import Numerics
import Signals

/// The objective with which the SIREN paper learns a signed distance from points with normals.
///
/// Sitzmann et al. 2020, section 4.2, equation 6: on the surface the value is 0 and the gradient is the normal, in the whole
/// cube the gradient has length 1, and away from the surface values near 0 are penalized by `exp(-100 |f|)`. The factors are
/// those of the authors' program: 3000, 100, 50 and 100, each with the mean over all points. Half of a batch lies on the
/// surface.
public struct SurfaceObjective: FieldObjective {
  /// Three.
  public let coordinates = 3
  /// One.
  public let outputs = 1
  /// The loss of the field that is 0 everywhere.
  public let constantLoss: Double
  private let points: [Float]
  private let normals: [Float]
  private let count: Int

  private static let factors = (value: 3e3, normal: 1e2, eikonal: 5e1, away: 1e2)
  private static let steepness = 100.0

  /// Creates an objective from points; without normals, their term is left out.
  public init(_ cloud: PointCloud) {
    points = cloud.points.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
    normals = (cloud.normals ?? []).flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
    count = cloud.points.count
    constantLoss =
      (cloud.normals == nil ? 0 : Self.factors.normal / 2) + Self.factors.eikonal
      + Self.factors.away / 2
  }

  /// Returns the loss and its derivative; see `FieldObjective`.
  public func lossGradient(of field: Siren, _ batch: PointBatch) -> (
    loss: Double, gradient: [Float]
  ) {
    let half = batch.size.map { max(1, $0 / 2) } ?? count
    let chosen =
      PointBatch(size: half, seed: batch.seed, step: batch.step).points(of: count)
    let surface = chosen?.count ?? count
    // The other half is drawn anew for each update.
    var random = batch.random
    let elsewhere = (0..<3 * surface).map { _ in random.uniform(in: -1...1) }
    let total = 2 * surface
    let start = { @Sendable (position: Int) in 3 * (chosen?[position] ?? position) }
    return field.lossGradient(
      pointCount: total, derivatives: .gradient,
      coordinates: { range in
        range.flatMap { position -> ArraySlice<Float> in
          if position < surface {
            return points[start(position)..<start(position) + 3]
          }
          return elsewhere[3 * (position - surface)..<3 * (position - surface) + 3]
        }
      },
      loss: { block, cotangent in
        var sum = 0.0
        for (row, position) in block.points.enumerated() {
          let normal: SIMD3<Double>? =
            position < surface && !normals.isEmpty
            ? SIMD3(
              Double(normals[start(position)]), Double(normals[start(position) + 1]),
              Double(normals[start(position) + 2])) : nil
          let slope = SIMD3(
            Double(block.gradient[3 * row]), Double(block.gradient[3 * row + 1]),
            Double(block.gradient[3 * row + 2]))
          let term = Self.term(
            value: Double(block.value[row]), slope: slope, isOnSurface: position < surface,
            normal: normal, share: 1 / Double(total))
          sum += term.loss
          cotangent.value[row] = Float(term.value)
          for axis in 0..<3 { cotangent.gradient[3 * row + axis] = Float(term.slope[axis]) }
        }
        return sum
      })
  }

  /// One point's share of the loss, and its derivatives with respect to the field's value and gradient there.
  private static func term(
    value: Double, slope: SIMD3<Double>, isOnSurface: Bool, normal: SIMD3<Double>?,
    share: Double
  ) -> (loss: Double, value: Double, slope: SIMD3<Double>) {
    let size = max(length(slope), 1e-12)
    let direction = slope / size
    // | |grad f| - 1 |
    let excess = size - 1
    var loss = factors.eikonal * share * abs(excess)
    var ofSlope = direction * (factors.eikonal * share * (excess >= 0 ? 1 : -1))
    guard isOnSurface else {
      let closeness = exp(-steepness * abs(value)) * factors.away * share
      return (
        loss + closeness, -steepness * closeness * (value >= 0 ? 1 : -1), ofSlope
      )
    }
    loss += factors.value * share * abs(value)
    if let normal {
      // 1 - cos(grad f, n), and its derivative with respect to grad f.
      let cosine = dot(direction, normal)
      loss += factors.normal * share * (1 - cosine)
      ofSlope -= (normal - direction * cosine) / size * (factors.normal * share)
    }
    return (loss, factors.value * share * (value >= 0 ? 1 : -1), ofSlope)
  }
}
