import Numerics

/// The codes of the training pictures, and through a mirror those of their mirrored copies.
package struct TrainingCodes: Sendable {
  /// `[m, J]`.
  let values: SingleMatrix
  /// What a mirror does to each number of a code, 1 or -1, `[J]`.
  let signs: [Double]
  /// The components that a mirror leaves alone, and those that it turns.
  let sides: [[Int]]
  /// Their columns of the values.
  let parts: [SingleMatrix]

  package init(values: SingleMatrix, signs: [Double]) {
    self.values = values
    self.signs = signs
    let sides = [1.0, -1.0].map { sign in signs.indices.filter { signs[$0] == sign } }
    self.sides = sides
    parts = Parallel.map(2) { values.columns(sides[$0]) }
  }

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
    let (turns, centre) = (signs.map { Float($0) }, centre.map { Float($0) })
    let none = [Float](repeating: 1, count: order)
    var result = SingleMatrix(rows: members.count, columns: order)
    // Slices, since a loop that adds to its index to find a place is not vectorized.
    result.values.withUnsafeMutableBufferPointer { result in
      values.values.withUnsafeBufferPointer { values in
        for (row, member) in members.enumerated() {
          let own = UnsafeBufferPointer(
            rebasing: values[member.index * order..<(member.index + 1) * order])
          let to = UnsafeMutableBufferPointer(rebasing: result[row * order..<(row + 1) * order])
          let (sides, factor) = (member.isMirrored ? turns : none, Float(factors[row]))
          for index in 0..<order {
            to[index] = factor * (sides[index] * own[index] - centre[index])
          }
        }
      }
    }
    return result
  }

  /// The sum of the codes of some members, each times a factor of its own, `[J]`.
  func sum(_ members: [Member], times factors: [Double]) -> [Double] {
    let order = values.columns
    // Of codes, and of those that are to be mirrored.
    var sums = [Float](repeating: 0, count: 2 * order)
    sums.withUnsafeMutableBufferPointer { sums in
      values.values.withUnsafeBufferPointer { values in
        for (member, factor) in zip(members, factors) {
          let own = UnsafeBufferPointer(
            rebasing: values[member.index * order..<(member.index + 1) * order])
          let to = member.isMirrored ? order : 0
          let sum = UnsafeMutableBufferPointer(rebasing: sums[to..<to + order])
          let factor = Float(factor)
          for index in 0..<order { sum[index] += factor * own[index] }
        }
      }
    }
    return signs.indices.map { Double(sums[$0]) + signs[$0] * Double(sums[order + $0]) }
  }
}

/// What a set of points would see of the training pictures, but for the mean picture and the residual.
///
/// It is `P code`, in units of what is not explained by components; where the points lie decides, so pictures
/// that share their points share this work, and so do their neighbourhoods.
struct SeenCodes: Sendable {
  /// What the components that a mirror leaves alone, and those that it turns, add to it, each `[m, c n]`.
  let sides: [SingleMatrix]
  /// Whether a mirror turns any component; if not, the second part is zero.
  let isTurned: Bool

  /// - Parameter loadings: `P^T`, `[J, c n]`.
  init(_ codes: TrainingCodes, loadings: SingleMatrix) {
    sides = Parallel.map(2) { side in
      codes.parts[side].multiplied(by: loadings.rows(codes.sides[side]))
    }
    isTurned = !codes.sides[1].isEmpty
  }

  /// What is seen of some members less a centre, each times a factor of its own, `[members, c n]`.
  func departures(
    _ members: [TrainingCodes.Member], from centre: [Double], times factors: [Double]
  ) -> SingleMatrix {
    let width = sides[0].columns
    let centre = centre.map { Float($0) }
    var result = SingleMatrix(rows: members.count, columns: width)
    result.values.withUnsafeMutableBufferPointer { result in
      sides[0].values.withUnsafeBufferPointer { even in
        sides[1].values.withUnsafeBufferPointer { odd in
          for (row, member) in members.enumerated() {
            let from = member.index * width..<(member.index + 1) * width
            let own = UnsafeBufferPointer(rebasing: even[from])
            let turned = UnsafeBufferPointer(rebasing: odd[from])
            let to = UnsafeMutableBufferPointer(rebasing: result[row * width..<(row + 1) * width])
            let factor = Float(factors[row])
            let side = isTurned ? member.isMirrored ? -factor : factor : 0
            for index in 0..<width {
              to[index] = factor * (own[index] - centre[index]) + side * turned[index]
            }
          }
        }
      }
    }
    return result
  }
}

extension SubspacePrior {
  /// What a mirror does to each number of a code; nothing if pictures must not be mirrored.
  var mirrorSigns: [Double] { mirror ?? [Double](repeating: 1, count: codeLength) }

  /// The codes that neighbours are found among.
  var trainingCodes: TrainingCodes { TrainingCodes(values: codes, signs: mirrorSigns) }
}
