import Numerics

/// The codes of the training pictures and, by their signs, those of the mirrored pictures.
package struct TrainingCodes: Sendable {
  /// `[m, J]`.
  let values: SingleMatrix
  /// The sign that a mirror gives each number of a code, 1 or -1, `[J]`.
  let signs: [Double]
  /// Indices of the components that are even under a mirror, and of the odd ones.
  let sides: [[Int]]
  /// The columns of the values for each of the two.
  let parts: [SingleMatrix]

  package init(values: SingleMatrix, signs: [Double]) {
    self.values = values
    self.signs = signs
    let sides = [1.0, -1.0].map { sign in signs.indices.filter { signs[$0] == sign } }
    self.sides = sides
    parts = Parallel.map(2) { values.columns(sides[$0]) }
  }

  /// One of the codes or of the mirrored codes.
  package struct Member: Sendable {
    package let index: Int
    package let isMirrored: Bool

    package init(index: Int, isMirrored: Bool) {
      self.index = index
      self.isMirrored = isMirrored
    }
  }

  /// The codes of some members minus a centre, each times its own factor, `[members, J]`.
  func departures(_ members: [Member], from centre: [Double], times factors: [Double])
    -> SingleMatrix
  {
    let order = values.columns
    let (turns, centre) = (signs.map { Float($0) }, centre.map { Float($0) })
    let none = [Float](repeating: 1, count: order)
    var result = SingleMatrix(rows: members.count, columns: order)
    // Slices, since the compiler does not vectorize a loop with an offset in its index.
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

  /// The sum of the codes of some members, each times its own factor, `[J]`.
  func sum(_ members: [Member], times factors: [Double]) -> [Double] {
    let order = values.columns
    // First the sum of plain codes, then that of the codes that are to be mirrored.
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

/// The whitened values of the training pictures' components at a set of points, `P code`.
///
/// They depend on the points alone, so pictures that share their points share this work.
struct SeenCodes: Sendable {
  /// The contributions of even and of odd components, each `[m, c n]`.
  let sides: [SingleMatrix]
  /// Whether there is an odd component; if not, the second contribution is zero.
  let isTurned: Bool

  /// - Parameter loadings: `P^T`, `[J, c n]`.
  init(_ codes: TrainingCodes, loadings: SingleMatrix) {
    sides = Parallel.map(2) { side in
      codes.parts[side].multiplied(by: loadings.rows(codes.sides[side]))
    }
    isTurned = !codes.sides[1].isEmpty
  }

  /// The values of some members minus a centre, each times its own factor, `[members, c n]`.
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
