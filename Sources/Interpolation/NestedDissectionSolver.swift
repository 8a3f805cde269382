import Numerics

// Why this is not done by CHOLMOD (SuiteSparse 5.12.0) or Eigen 3.4.0 (measured on two cores, Zen 4
// with AVX-512, one thread; Docs/EXPERIMENTS.md, "Which libraries replace code of ours?"):
// - Licence: CHOLMOD's fast, supernodal factorization is under the GPL, and the shared library that
//   Debian builds contains it. A program under the Apache licence that links it can only be
//   distributed under the GPL, version 3. CHOLMOD's simplicial part is under the LGPL, and Eigen is
//   under the MPL.
// - Speed: with 10% of 512x512 pixels observed, factorization and solution take 1.2 s here, 1.4 s
//   with supernodal CHOLMOD, 3.8 s with simplicial CHOLMOD and 4.2 s with Eigen. On a hole of 100x100
//   pixels and on strokes all four take 0.03 to 0.11 s. The results differ by at most 5e-9.
// - Advantages of supernodal CHOLMOD: 3 to 34% less memory, and 7.7 instead of 13.4 s on a hole of
//   1024x1024 pixels, which exceeds the memory limit below.

/// A direct solver for symmetric positive definite equations that couple pixels at most two steps apart.
///
/// A strip of two pixels separates the picture into two uncoupled halves, which are divided recursively.
/// Each part is eliminated as one dense block. This is a multifrontal Cholesky factorization in nested
/// dissection order (George, "Nested dissection of a regular finite element mesh", 1973). It takes
/// O(n^1.5) operations and O(n log n) memory for n pixels and any mask. Iterative solvers need thousands
/// of steps for the biharmonic equation on large holes.
struct NestedDissectionSolver {
  /// Parts of at most this many pixels are not divided further.
  private static let leafArea = 64
  /// The largest number of elements of the factor: 1 GiB.
  private static let elementLimit = 1 << 27

  private let width: Int
  private let height: Int
  private let isUnknown: [Bool]
  private var fronts: [Front] = []
  private var isEliminated: [Bool]
  private var elementCount = 0
  // Scratch: the index of a pixel in the current front.
  private var place: [Int]

  /// The pixels that one step eliminates, the remaining pixels in their equations, and the columns of the
  /// Cholesky factor, row-major `[eliminated.count + boundary.count, eliminated.count]`.
  private struct Front {
    var eliminated: [Int]
    var boundary: [Int]
    var factor: [Double]
  }

  /// The Schur complement of a part: the lower triangle of a symmetric matrix over its boundary.
  private struct Remainder {
    var boundary: [Int]
    var matrix: DoubleMatrix
  }

  private struct Part {
    var rows: Range<Int>
    var columns: Range<Int>
  }

  /// A solver for the unknown pixels of a picture.
  init(width: Int, height: Int, isUnknown: [Bool]) {
    self.width = width
    self.height = height
    self.isUnknown = isUnknown
    isEliminated = [Bool](repeating: false, count: width * height)
    place = [Int](repeating: -1, count: width * height)
  }

  /// Factorizes the equations.
  ///
  /// - Parameter row: the pixels in the equation of a pixel with their coefficients, including known
  ///   pixels, at most two steps away.
  /// - Returns: false if the factor would exceed its memory limit.
  mutating func factorize(row: (Int) -> [(Int, Double)]) throws -> Bool {
    let whole = Part(rows: 0..<height, columns: 0..<width)
    return try eliminate(whole, row) != nil
  }

  /// Solves for one right-hand side, which holds a value for each pixel; those of known pixels are
  /// left undefined.
  func solve(_ values: inout [Double]) {
    for front in fronts {
      let count = front.eliminated.count
      for (i, pixel) in (front.eliminated + front.boundary).enumerated() {
        var sum = values[pixel]
        for j in 0..<min(i, count) {
          sum -= front.factor[i * count + j] * values[front.eliminated[j]]
        }
        values[pixel] = i < count ? sum / front.factor[i * count + i] : sum
      }
    }
    for front in fronts.reversed() {
      let count = front.eliminated.count
      for (offset, pixel) in front.boundary.enumerated() {
        for j in 0..<count {
          values[front.eliminated[j]] -= front.factor[(count + offset) * count + j] * values[pixel]
        }
      }
      for i in (0..<count).reversed() {
        let solution = values[front.eliminated[i]] / front.factor[i * count + i]
        values[front.eliminated[i]] = solution
        for j in 0..<i { values[front.eliminated[j]] -= front.factor[i * count + j] * solution }
      }
    }
  }

  private mutating func eliminate(
    _ part: Part, _ row: (Int) -> [(Int, Double)]
  ) throws -> Remainder? {
    var remainders: [Remainder] = []
    var own = part
    if part.rows.count * part.columns.count > Self.leafArea {
      let (first, separator, second) = split(part)
      guard let left = try eliminate(first, row), let right = try eliminate(second, row) else {
        return nil
      }
      remainders = [left, right]
      own = separator
    }
    let eliminated = own.rows.flatMap { row in
      own.columns.map { row * width + $0 }.filter { isUnknown[$0] }
    }
    let equations = eliminated.map(row)

    // Numbers the pixels of the front: first those to eliminate, then the others in their equations.
    var boundary: [Int] = []
    for (index, pixel) in eliminated.enumerated() { place[pixel] = index }
    let touched = remainders.flatMap(\.boundary) + equations.joined().map(\.0)
    for pixel in touched where isUnknown[pixel] && !isEliminated[pixel] && place[pixel] < 0 {
      place[pixel] = eliminated.count + boundary.count
      boundary.append(pixel)
    }
    defer {
      for pixel in eliminated { place[pixel] = -1 }
      for pixel in boundary { place[pixel] = -1 }
    }

    let count = eliminated.count
    let order = count + boundary.count
    elementCount += order * count
    guard elementCount + order * order <= Self.elementLimit else { return nil }

    var matrix = DoubleMatrix(rows: order, columns: order)
    for (index, equation) in equations.enumerated() {
      // The equations are symmetric, so the lower triangle is sufficient.
      for (pixel, coefficient) in equation where place[pixel] >= index {
        matrix[place[pixel], index] += coefficient
      }
    }
    for remainder in remainders {
      for (i, pixel) in remainder.boundary.enumerated() {
        for j in 0...i {
          let (a, b) = (place[pixel], place[remainder.boundary[j]])
          matrix[max(a, b), min(a, b)] += remainder.matrix[i, j]
        }
      }
    }
    try LinearAlgebra.eliminateLeading(count, of: &matrix)

    if count > 0 {
      var factor: [Double] = []
      factor.reserveCapacity(order * count)
      for i in 0..<order { factor += matrix.values[(i * order)..<(i * order + count)] }
      fronts.append(Front(eliminated: eliminated, boundary: boundary, factor: factor))
    }
    for pixel in eliminated { isEliminated[pixel] = true }
    var rest = DoubleMatrix(rows: boundary.count, columns: boundary.count)
    for i in boundary.indices {
      for j in 0...i { rest[i, j] = matrix[count + i, count + j] }
    }
    return Remainder(boundary: boundary, matrix: rest)
  }

  /// Divides along the longer side into two halves and the strip of two pixels between them.
  private func split(_ part: Part) -> (Part, Part, Part) {
    func cut(_ range: Range<Int>) -> (Range<Int>, Range<Int>, Range<Int>) {
      let middle = range.lowerBound + range.count / 2 - 1
      return (
        range.lowerBound..<middle, middle..<(middle + 2), (middle + 2)..<range.upperBound
      )
    }
    if part.rows.count >= part.columns.count {
      let (a, b, c) = cut(part.rows)
      return (
        Part(rows: a, columns: part.columns), Part(rows: b, columns: part.columns),
        Part(rows: c, columns: part.columns)
      )
    }
    let (a, b, c) = cut(part.columns)
    return (
      Part(rows: part.rows, columns: a), Part(rows: part.rows, columns: b),
      Part(rows: part.rows, columns: c)
    )
  }
}
