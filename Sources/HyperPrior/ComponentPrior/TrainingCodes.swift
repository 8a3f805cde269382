import DifferentiableCore

/// The codes of the training pictures, and through a mirror those of their mirrored copies.
package struct TrainingCodes: Sendable {
  /// `[m, J]`.
  let values: SingleMatrix
  /// What a mirror does to each number of a code, 1 or -1, `[J]`.
  let signs: [Double]

  package init(values: SingleMatrix, signs: [Double]) {
    self.values = values
    self.signs = signs
  }

  /// The components that a mirror leaves alone, and those that it turns.
  var sides: [[Int]] { [1.0, -1.0].map { sign in signs.indices.filter { signs[$0] == sign } } }

  /// One of the codes, or of the mirrored ones.
  package struct Member: Sendable {
    package let index: Int
    package let isMirrored: Bool

    package init(index: Int, isMirrored: Bool) {
      self.index = index
      self.isMirrored = isMirrored
    }
  }

  /// The codes of some members less a centre, each times a factor of its own, `[members, J]`.
  func departures(_ members: [Member], from centre: [Double], times factors: [Double])
    -> SingleMatrix
  {
    let order = values.columns
    let (signs, centre) = (signs.map { Float($0) }, centre.map { Float($0) })
    var result = SingleMatrix(rows: members.count, columns: order)
    result.values.withUnsafeMutableBufferPointer { result in
      values.values.withUnsafeBufferPointer { values in
        for (row, member) in members.enumerated() {
          let (from, to, factor) = (member.index * order, row * order, Float(factors[row]))
          for index in 0..<order {
            let value =
              member.isMirrored ? signs[index] * values[from + index] : values[from + index]
            result[to + index] = factor * (value - centre[index])
          }
        }
      }
    }
    return result
  }

  /// The sum of the codes of some members, each times a factor of its own, `[J]`.
  func sum(_ members: [Member], times factors: [Double]) -> [Double] {
    var weights = SingleMatrix(rows: values.rows, columns: 2)
    for (member, factor) in zip(members, factors) {
      weights.values[2 * member.index + (member.isMirrored ? 1 : 0)] += Float(factor)
    }
    let sums = values.transposedMultiplied(by: weights).values
    return signs.indices.map { Double(sums[2 * $0]) + signs[$0] * Double(sums[2 * $0 + 1]) }
  }
}

/// What a set of points would see of the training pictures, but for the mean picture and the leftover.
///
/// It is `P code`, in units of what is not explained by components; where the points lie decides, so pictures
/// that share their points share this work, and so do their neighbourhoods.
struct SeenCodes: Sendable {
  /// What the components that a mirror leaves alone, and those that it turns, add to it, `[m, c n]`; the latter
  /// is nil where there is no mirror.
  private let even: SingleMatrix
  private let odd: SingleMatrix?

  /// - Parameter loadings: `P^T`, `[J, c n]`.
  init(_ codes: TrainingCodes, loadings: SingleMatrix) {
    let parts = codes.sides.map { side in
      side.isEmpty ? nil : codes.values.columns(side).multiplied(by: loadings.rows(side))
    }
    even = parts[0] ?? SingleMatrix(rows: codes.values.rows, columns: loadings.columns)
    odd = parts[1]
  }

  /// What is seen of some members less a centre, each times a factor of its own, `[members, c n]`.
  func departures(
    _ members: [TrainingCodes.Member], from centre: [Double], times factors: [Double]
  ) -> SingleMatrix {
    let width = even.columns
    let centre = centre.map { Float($0) }
    let none: [Float] = []
    var result = SingleMatrix(rows: members.count, columns: width)
    result.values.withUnsafeMutableBufferPointer { result in
      even.values.withUnsafeBufferPointer { even in
        (odd?.values ?? none).withUnsafeBufferPointer { odd in
          for (row, member) in members.enumerated() {
            let (from, to, factor) = (member.index * width, row * width, Float(factors[row]))
            let side: Float = member.isMirrored ? -1 : 1
            if odd.isEmpty {
              for index in 0..<width {
                result[to + index] = factor * (even[from + index] - centre[index])
              }
            } else {
              for index in 0..<width {
                let value = even[from + index] + side * odd[from + index]
                result[to + index] = factor * (value - centre[index])
              }
            }
          }
        }
      }
    }
    return result
  }
}

extension ComponentPrior {
  /// What a mirror does to each number of a code; nothing if pictures must not be mirrored.
  var mirrorSigns: [Double] { mirror ?? [Double](repeating: 1, count: codeLength) }

  /// The codes that neighbours are found among.
  var trainingCodes: TrainingCodes { TrainingCodes(values: codes, signs: mirrorSigns) }
}
