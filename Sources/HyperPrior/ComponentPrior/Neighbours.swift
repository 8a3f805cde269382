import DifferentiableCore
import Foundation

/// The training codes, sorted by how well they explain the observations.
///
/// A code's distance is the observations' squared Mahalanobis distance from it, in the metric of
/// the collection's predictive covariance `C = P P^T + I`: with `A = I + precision` it is, up to a
/// constant, `code^T (I - A^-1) code - 2 code^T A^-1 projection`.
struct Neighbours: Sendable {
  /// Sorted codes, mirrored ones included, `[m, J]`, and their distances from the first one.
  private let codes: SingleMatrix
  private let distances: [Double]

  /// Codes beyond this multiple of the largest neighbourhood carry no weight worth the time.
  private static let reach = 4.0

  /// How much of a neighbourhood's covariance is replaced by the collection's, 0...1: a
  /// neighbourhood of some hundred codes says nothing about most directions (0.1 and 0.3 measured
  /// alike).
  private static let globalShare = 0.2

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
    var found: [(distance: Double, code: Int, isMirrored: Bool)] = []
    found.reserveCapacity(sides.count * prior.codeCount)
    for isMirrored in sides {
      let target = isMirrored ? zip(collectionMean, signs).map { $0 * $1 } : collectionMean
      let shares = prior.codes.multiplied(by: target)
      for (code, share) in shares.enumerated() {
        let between = isMirrored ? -lengths.between[code] : lengths.between[code]
        found.append((lengths.within[code] + between - 2 * share, code, isMirrored))
      }
    }
    found.sort {
      ($0.distance, $0.code, $0.isMirrored ? 1 : 0)
        < ($1.distance, $1.code, $1.isMirrored ? 1 : 0)
    }
    let kept = Array(found.prefix(Int(Self.reach * largest)))
    codes = Self.gathered(kept.map { ($0.code, $0.isMirrored) }, of: prior.codes, signs)
    distances = kept.map { $0.distance - (kept.first?.distance ?? 0) }
  }

  /// The codes of the rows, with those turned that are mirrored, `[m, J]`.
  private static func gathered(
    _ rows: [(code: Int, isMirrored: Bool)], of codes: SingleMatrix, _ signs: [Double]
  ) -> SingleMatrix {
    let order = codes.columns
    var result = codes.rows(rows.map(\.code))
    let turned = signs.indices.filter { signs[$0] < 0 }
    result.values.withUnsafeMutableBufferPointer { values in
      for (row, entry) in rows.enumerated() where entry.isMirrored {
        for index in turned { values[row * order + index].negate() }
      }
    }
    return result
  }

  /// The codes with weights `exp(-t distance)`, t such that they count for a number of codes (1 / sum of
  /// squared weights).
  func neighbourhood(effectiveCount: Double) -> Neighbourhood {
    let order = codes.columns
    let weights = weights(effectiveCount: effectiveCount)
    let mean = codes.transposedMultiplied(
      by: weights + [Double](repeating: 0, count: codes.rows - weights.count))
    let centre = mean.map { Float($0) }
    var departures = SingleMatrix(rows: weights.count, columns: order)
    departures.values.withUnsafeMutableBufferPointer { departures in
      codes.values.withUnsafeBufferPointer { codes in
        centre.withUnsafeBufferPointer { centre in
          for (row, weight) in weights.enumerated() {
            let root = Float(((1 - Self.globalShare) * weight).squareRoot())
            for index in 0..<order {
              let place = row * order + index
              departures[place] = root * (codes[place] - centre[index])
            }
          }
        }
      }
    }
    return Neighbourhood(mean: mean, departures: departures, globalShare: Self.globalShare)
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
