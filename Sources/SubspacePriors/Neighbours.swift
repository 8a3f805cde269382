import Foundation
import Numerics

/// The training codes that explain the observations best, in the order of their ``CodeDistances``.
struct Neighbours: Sendable {
  /// The nearest codes, mirrored ones included, nearest first, and their distances less the smallest.
  private let members: [TrainingCodes.Member]
  private let distances: [Double]

  /// Neighbourhoods are cut at this multiple of their effective number of codes; the rest has little weight.
  private static let reach = 4.0

  /// Finds the nearest codes.
  ///
  /// - Parameters:
  ///   - all: the distances of all codes, followed by those of the mirrored codes if there is a mirror.
  ///   - codes: number of codes.
  ///   - largest: effective number of the largest neighbourhood that will be requested.
  init(_ all: [Double], codes: Int, largest: Double) {
    let count = min(all.count, Int(Self.reach * largest))
    let farthest = count > 0 ? all.smallest(count - 1) : 0
    let order = all.indices.filter { all[$0] <= farthest }.sorted {
      (all[$0], $0) < (all[$1], $1)
    }.prefix(count)
    members = order.map { TrainingCodes.Member(index: $0 % codes, isMirrored: $0 >= codes) }
    let nearest = order.first.map { all[$0] } ?? 0
    distances = order.map { all[$0] - nearest }
  }

  /// The codes with weights proportional to `exp(-t distance)`, where t gives them an effective number of
  /// codes (1 / sum of squared weights).
  func neighbourhood(effectiveCount: Double) -> Neighbourhood {
    let weights = weights(effectiveCount: effectiveCount)
    return Neighbourhood(members: Array(members.prefix(weights.count)), weights: weights)
  }

  /// Normalized weights of the nearest codes.
  private func weights(effectiveCount: Double) -> [Double] {
    let kept = Array(distances.prefix(Int(Self.reach * effectiveCount)))
    var (low, high) = (-20.0, 20.0)
    var weights = [Double](repeating: 0, count: kept.count)
    // Bisection of the logarithm of t: the effective number falls as t grows.
    for _ in 0..<32 {
      let middle = (low + high) / 2
      let sharpness = exp(middle)
      var (total, squares) = (0.0, 0.0)
      for index in kept.indices {
        let weight = exp(-sharpness * kept[index])
        weights[index] = weight
        total += weight
        squares += weight * weight
      }
      let effective = total * total / squares
      for index in weights.indices { weights[index] /= total }
      if abs(effective - effectiveCount) < 0.002 * effectiveCount { break }
      if effective > effectiveCount {
        low = middle
      } else {
        high = middle
      }
    }
    return weights
  }
}
