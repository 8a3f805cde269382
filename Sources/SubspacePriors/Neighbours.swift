import Foundation
import Numerics

/// The training codes that explain the observations best, sorted by ``CodeDistances``.
struct Neighbours: Sendable {
  /// The nearest codes, mirrored ones included, the nearest first, and their distances from that one.
  private let members: [TrainingCodes.Member]
  private let distances: [Double]

  /// Codes beyond this multiple of the largest neighbourhood carry no weight worth the time.
  private static let reach = 4.0

  /// Finds the nearest codes.
  ///
  /// - Parameters:
  ///   - all: the distances of all codes, and then of the mirrored ones if there is a mirror.
  ///   - codes: how many codes there are.
  ///   - largest: the largest neighbourhood that will be asked for.
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

  /// The codes with weights `exp(-t distance)`, t such that they count for a number of codes (1 / sum of
  /// squared weights).
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

extension [Double] {
  /// The value that so many values come before once all are sorted, without sorting them.
  ///
  /// - Parameter place: 0 is the smallest.
  fileprivate func smallest(_ place: Int) -> Double {
    var (candidates, place) = (self, place)
    while candidates.count > 64 {
      let ends = [
        candidates[0], candidates[candidates.count / 2], candidates[candidates.count - 1],
      ]
      let pivot = ends.sorted()[1]
      let less = candidates.filter { $0 < pivot }
      if place < less.count {
        candidates = less
        continue
      }
      let more = candidates.filter { $0 > pivot }
      let others = candidates.count - more.count
      if place < others { return pivot }
      place -= others
      candidates = more
    }
    return candidates.sorted()[place]
  }
}

extension SingleMatrix {
  /// The product with a vector, taken for a column.
  func multiplied(by vector: [Double]) -> [Double] { product(vector) { multiplied(by: $0) } }

  /// The product of the transpose with a vector, taken for a column.
  func transposedMultiplied(by vector: [Double]) -> [Double] {
    product(vector) { transposedMultiplied(by: $0) }
  }

  private func product(_ vector: [Double], _ multiply: (SingleMatrix) -> SingleMatrix) -> [Double] {
    multiply(SingleMatrix(rows: vector.count, columns: 1, values: vector.map { Float($0) }))
      .values.map { Double($0) }
  }
}
