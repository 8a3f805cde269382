import DifferentiableCore
import Foundation

/// The training codes, sorted by how well they explain the observations.
///
/// A code's distance is the observations' squared Mahalanobis distance from it, in the metric of
/// the collection's predictive covariance `C = P P^T + I`: with `A = I + precision` it is, up to a
/// constant, `code^T (I - A^-1) code - 2 code^T A^-1 projection`.
struct Neighbours: Sendable {
  /// The nearest codes, mirrored ones included, the nearest first, and their distances from that one.
  private let members: [TrainingCodes.Member]
  private let distances: [Double]

  /// Codes beyond this multiple of the largest neighbourhood carry no weight worth the time.
  private static let reach = 4.0

  /// Finds the nearest codes.
  ///
  /// - Parameters:
  ///   - prior: with its codes.
  ///   - lengths: of its codes, for the points that were observed.
  ///   - collectionMean: `A^-1 projection`.
  ///   - largest: the largest neighbourhood that will be asked for.
  init(
    _ prior: ComponentPrior, _ lengths: CodeLengths, collectionMean: [Double], largest: Double
  ) {
    let signs = prior.mirrorSigns
    let sides = prior.mirror == nil ? [false] : [false, true]
    // A distance for each code, then one for each mirrored code.
    let all = sides.flatMap { isMirrored -> [Double] in
      let target = isMirrored ? zip(collectionMean, signs).map { $0 * $1 } : collectionMean
      let shares = prior.codes.multiplied(by: target)
      return shares.indices.map { code in
        let between = isMirrored ? -lengths.between[code] : lengths.between[code]
        return lengths.within[code] + between - 2 * shares[code]
      }
    }
    let count = min(all.count, Int(Self.reach * largest))
    let farthest = count > 0 ? all.sorted()[count - 1] : 0
    let order = all.indices.filter { all[$0] <= farthest }.sorted {
      (all[$0], $0) < (all[$1], $1)
    }.prefix(count)
    members = order.map {
      TrainingCodes.Member(index: $0 % prior.codeCount, isMirrored: $0 >= prior.codeCount)
    }
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
