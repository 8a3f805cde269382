import DifferentiableCore
import Foundation

/// The training codes, sorted by how well they explain the observations.
///
/// A code's distance is the observations' squared Mahalanobis distance from it, in the metric of
/// the collection's predictive covariance `C = P P^T + I`: with `A = I + precision` it is, up to a
/// constant, `code^T (I - A^-1) code - 2 code^T A^-1 projection`.
struct Neighbours: Sendable {
  /// Sorted codes, mirrored ones included, `[m, J]`, and their distances from the first one.
  private let codes: DoubleMatrix
  private let distances: [Double]

  /// Codes beyond this multiple of the largest neighbourhood carry no weight worth the time.
  private static let reach = 4.0

  /// Finds the nearest codes.
  ///
  /// - Parameters:
  ///   - prior: with its codes.
  ///   - evidence: what was observed.
  ///   - wide: `A^-1`.
  ///   - wideMean: `A^-1 projection`.
  ///   - largest: the largest neighbourhood that will be asked for; 0 for none.
  init(
    _ prior: ComponentPrior, _ evidence: ComponentEvidence, _ wide: DoubleMatrix,
    _ wideMean: [Double], largest: Double
  ) {
    let order = prior.codeLength
    guard largest > 0 else {
      codes = DoubleMatrix(rows: 0, columns: order)
      distances = []
      return
    }
    var metric = DoubleMatrix.identity(order)
    metric.add(wide, times: -1)
    let signs = prior.mirror ?? [Double](repeating: 1, count: order)
    let sides = prior.mirror == nil ? [false] : [false, true]
    let all = DoubleMatrix(prior.codes)
    let lengths = Self.squaredLengths(all, metric, signs)
    var found: [(distance: Double, code: Int, isMirrored: Bool)] = []
    found.reserveCapacity(sides.count * lengths.count)
    for isMirrored in sides {
      let target = isMirrored ? zip(wideMean, signs).map { $0 * $1 } : wideMean
      let shares = all.multiplied(by: target)
      for (code, length) in lengths.enumerated() {
        let squared = isMirrored ? length.within - length.between : length.within + length.between
        found.append((squared - 2 * shares[code], code, isMirrored))
      }
    }
    found.sort {
      ($0.distance, $0.code, $0.isMirrored ? 1 : 0)
        < ($1.distance, $1.code, $1.isMirrored ? 1 : 0)
    }
    let kept = Array(found.prefix(min(found.count, Int(Self.reach * largest))))
    codes = Self.gathered(kept.map { ($0.code, $0.isMirrored) }, of: all, signs)
    distances = kept.map { $0.distance - (kept.first?.distance ?? 0) }
  }

  /// `code^T metric code` of every code, the products of components that a mirror turns alike and
  /// those of components of which it turns one kept apart: the mirrored code has their difference.
  private static func squaredLengths(
    _ codes: DoubleMatrix, _ metric: DoubleMatrix, _ signs: [Double]
  ) -> [(within: Double, between: Double)] {
    let groups = [1.0, -1.0].map { sign in signs.indices.filter { signs[$0] == sign } }
    let metrics = [(0, 0), (1, 1), (0, 1)].map { metric.submatrix(groups[$0], groups[$1]) }
    let block = 256
    let parts = Parallel.map((codes.rows + block - 1) / block) { part in
      let rows = part * block..<min(codes.rows, (part + 1) * block)
      let sides = groups.map { codes.submatrix(Array(rows), $0) }
      let even = sides[0].multiplied(by: metrics[0]).rowProducts(with: sides[0])
      let odd = sides[1].multiplied(by: metrics[1]).rowProducts(with: sides[1])
      let both = sides[0].multiplied(by: metrics[2]).rowProducts(with: sides[1])
      return (0..<rows.count).map {
        (within: even[$0] + odd[$0], between: 2 * both[$0])
      }
    }
    return parts.flatMap { $0 }
  }

  /// The codes of the rows, with those turned that are mirrored, `[m, J]`.
  private static func gathered(
    _ rows: [(code: Int, isMirrored: Bool)], of codes: DoubleMatrix, _ signs: [Double]
  ) -> DoubleMatrix {
    let order = codes.columns
    var result = DoubleMatrix(rows: rows.count, columns: order)
    result.values.withUnsafeMutableBufferPointer { target in
      codes.values.withUnsafeBufferPointer { source in
        for (row, entry) in rows.enumerated() {
          let (from, to) = (entry.code * order, row * order)
          for index in 0..<order {
            target[to + index] = source[from + index] * (entry.isMirrored ? signs[index] : 1)
          }
        }
      }
    }
    return result
  }

  /// Mean and covariance of the codes with weights `exp(-t distance)`, t such that they count for
  /// a number of codes (1 / sum of squared weights).
  ///
  /// - Parameter globalShare: how much of the covariance is replaced by the collection's, 0...1.
  func gaussian(
    effectiveCount: Double, globalShare: Double
  ) -> (mean: [Double], covariance: DoubleMatrix) {
    let order = codes.columns
    let weights = weights(effectiveCount: effectiveCount)
    var mean = [Double](repeating: 0, count: order)
    var centred = DoubleMatrix(rows: weights.count, columns: order)
    codes.values.withUnsafeBufferPointer { codes in
      mean.withUnsafeMutableBufferPointer { mean in
        for (row, weight) in weights.enumerated() {
          for index in 0..<order { mean[index] += weight * codes[row * order + index] }
        }
      }
      centred.values.withUnsafeMutableBufferPointer { centred in
        for (row, weight) in weights.enumerated() {
          let root = ((1 - globalShare) * weight).squareRoot()
          for index in 0..<order {
            centred[row * order + index] = root * (codes[row * order + index] - mean[index])
          }
        }
      }
    }
    var covariance = centred.gram()
    for index in 0..<order { covariance[index, index] += globalShare }
    return (mean, covariance)
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

extension DoubleMatrix {
  /// Some rows and columns, in the order given.
  func submatrix(_ ownRows: [Int], _ ownColumns: [Int]) -> DoubleMatrix {
    var result = DoubleMatrix(rows: ownRows.count, columns: ownColumns.count)
    let width = columns
    result.values.withUnsafeMutableBufferPointer { target in
      values.withUnsafeBufferPointer { source in
        for (row, from) in ownRows.enumerated() {
          for (column, place) in ownColumns.enumerated() {
            target[row * ownColumns.count + column] = source[from * width + place]
          }
        }
      }
    }
    return result
  }

  /// The inner product of each row with the same row of another matrix.
  func rowProducts(with other: DoubleMatrix) -> [Double] {
    let width = columns
    return values.withUnsafeBufferPointer { own in
      other.values.withUnsafeBufferPointer { other in
        (0..<rows).map { row in
          var sum = 0.0
          for index in row * width..<(row + 1) * width { sum += own[index] * other[index] }
          return sum
        }
      }
    }
  }
}
