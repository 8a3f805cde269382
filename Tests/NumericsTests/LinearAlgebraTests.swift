import Numerics
import TestSupport
import Testing

@Suite("Linear algebra in double precision")
struct LinearAlgebraTests {
  private func noise(_ rows: Int, _ columns: Int, seed: UInt64) -> DoubleMatrix {
    .noise(rows, columns, seed: seed)
  }

  private func positiveDefinite(_ order: Int, seed: UInt64) -> DoubleMatrix {
    let factor = noise(order, order, seed: seed)
    var result = factor.multiplied(by: factor.transposed())
    for index in 0..<order { result[index, index] += 0.5 }
    return result
  }

  private func largestDifference(_ a: DoubleMatrix, _ b: DoubleMatrix) -> Double {
    guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
    return a.values.isEmpty ? 0 : maximumDifference(a.values, b.values)
  }

  @Test("Matrices that are not square are multiplied and transposed")
  func product() {
    let a = DoubleMatrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
    let b = DoubleMatrix(rows: 3, columns: 1, values: [1, 0, -1])
    #expect(a.multiplied(by: b).values == [-2, -2])
    #expect(a.multiplied(by: [1, 0, -1]) == [-2, -2])
    #expect(a.transposed().values == [1, 4, 2, 5, 3, 6])
    #expect(a.multiplied(by: DoubleMatrix.identity(3)) == a)
    #expect(a[1, 0] == 4)
  }

  @Test("Symmetric products equal general ones", arguments: [(1, 1), (5, 3), (3, 70), (70, 33)])
  func symmetricProducts(rows: Int, columns: Int) {
    let matrix = noise(rows, columns, seed: 8)
    let (gram, rowGram) = (matrix.gram(), matrix.rowGram())
    #expect(largestDifference(gram, matrix.transposed().multiplied(by: matrix)) < 1e-12)
    #expect(largestDifference(rowGram, matrix.multiplied(by: matrix.transposed())) < 1e-12)
    #expect(gram == gram.transposed() && rowGram == rowGram.transposed())
    let empty = DoubleMatrix(rows: 0, columns: columns)
    #expect(empty.gram() == DoubleMatrix(rows: columns, columns: columns))
    #expect(empty.rowGram() == empty.multiplied(by: empty.transposed()))
  }

  @Test("A Cholesky factor gives the inverse and the product", arguments: [0, 1, 3, 70])
  func inverse(order: Int) throws {
    let matrix = positiveDefinite(order, seed: 9)
    let factor = try LinearAlgebra.choleskyFactor(matrix)
    let inverse = factor.inverse()
    #expect(
      largestDifference(matrix.multiplied(by: inverse), DoubleMatrix.identity(order)) < 1e-8)
    #expect(inverse == inverse.transposed())
    let lower = factor.lowerProduct(DoubleMatrix.identity(order))
    #expect(largestDifference(lower.multiplied(by: lower.transposed()), matrix) < 1e-10)
    let right = noise(order, 2, seed: 4)
    #expect(largestDifference(factor.lowerProduct(factor.solveLower(right)), right) < 1e-9)
  }

  @Test("Cholesky solves a known system")
  func choleskyKnown() throws {
    let matrix = DoubleMatrix(rows: 2, columns: 2, values: [4, 2, 2, 3])
    let solution = try LinearAlgebra.choleskyFactor(matrix).solve([10, 9])
    #expect(abs(solution[0] - 1.5) < 1e-14)
    #expect(abs(solution[1] - 2) < 1e-14)
  }

  @Test("A Cholesky solution has no residual", arguments: [1, 3, 40], [1, 2, 3, 4, 9])
  func choleskyResidual(order: Int, columns: Int) throws {
    let matrix = positiveDefinite(order, seed: 3)
    let right = noise(order, columns, seed: 4)
    let factor = try LinearAlgebra.choleskyFactor(matrix)
    #expect(factor.order == order)
    #expect(largestDifference(matrix.multiplied(by: factor.solve(right)), right) < 1e-9)
    // b^T A^-1 b both ways.
    let half = factor.solveLower(right)
    let square = half.transposed().multiplied(by: half)
    let direct = right.transposed().multiplied(by: factor.solve(right))
    #expect(largestDifference(square, direct) < 1e-9)
  }

  @Test("The Cholesky factorization reads only the lower triangle")
  func choleskyTriangle() throws {
    let matrix = DoubleMatrix(rows: 2, columns: 2, values: [4, 1_000, 2, 3])
    let solution = try LinearAlgebra.choleskyFactor(matrix).solve([10, 9])
    #expect(abs(solution[0] - 1.5) < 1e-14)
  }

  @Test("A matrix that is not positive definite throws")
  func choleskyThrows() {
    let matrix = DoubleMatrix(rows: 2, columns: 2, values: [1, 2, 2, 1])
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2, minor: 2)) {
      try LinearAlgebra.choleskyFactor(matrix)
    }
    // NaN on the diagonal and beside it.
    for values in [[.nan, 0, 0, 1], [1, 0, .nan, 1]] {
      let notANumber = DoubleMatrix(rows: 2, columns: 2, values: values)
      #expect(throws: LinearAlgebraError.notFinite(order: 2)) {
        try LinearAlgebra.choleskyFactor(notANumber)
      }
    }
  }

  @Test("A system that is not symmetric is solved by rows")
  func general() throws {
    let matrix = DoubleMatrix(rows: 2, columns: 2, values: [0, 2, 1, 1])
    let right = DoubleMatrix(rows: 2, columns: 2, values: [2, 4, 3, 5])
    let solution = try LinearAlgebra.solveGeneral(matrix, right)
    #expect(
      largestDifference(
        solution, DoubleMatrix(rows: 2, columns: 2, values: [2, 3, 1, 2])) < 1e-14)

    let large = noise(30, 30, seed: 5)
    let rightOfLarge = noise(30, 3, seed: 6)
    let solved = try LinearAlgebra.solveGeneral(large, rightOfLarge)
    #expect(largestDifference(large.multiplied(by: solved), rightOfLarge) < 1e-9)
  }

  @Test("A singular system throws")
  func singular() {
    let matrix = DoubleMatrix(rows: 2, columns: 2, values: [1, 2, 2, 4])
    let right = DoubleMatrix(rows: 2, columns: 1, filledWith: 1)
    #expect(throws: LinearAlgebraError.singular(order: 2, pivot: 1)) {
      try LinearAlgebra.solveGeneral(matrix, right)
    }
  }

  @Test("Eigenvalues ascend, and eigenvectors are columns")
  func eigen() throws {
    let known = try LinearAlgebra.symmetricEigen(
      DoubleMatrix(rows: 2, columns: 2, values: [2, 1, 1, 2]))
    #expect(abs(known.values[0] - 1) < 1e-14)
    #expect(abs(known.values[1] - 3) < 1e-14)
    #expect(abs(known.vectors[0, 1] - known.vectors[1, 1]) < 1e-14)

    let matrix = positiveDefinite(20, seed: 7)
    let (values, vectors) = try LinearAlgebra.symmetricEigen(matrix)
    #expect(values == values.sorted())
    var scaled = vectors
    for row in 0..<20 { for column in 0..<20 { scaled[row, column] *= values[column] } }
    #expect(largestDifference(matrix.multiplied(by: vectors), scaled) < 1e-11)
    #expect(
      largestDifference(vectors.transposed().multiplied(by: vectors), .identity(20)) < 1e-12)
  }

  @Test("Eliminating block after block gives the Cholesky factor")
  func partial() throws {
    let matrix = positiveDefinite(9, seed: 8)
    var whole = matrix
    try LinearAlgebra.eliminateLeading(9, of: &whole)
    var first = matrix
    try LinearAlgebra.eliminateLeading(4, of: &first)
    var rest = DoubleMatrix(rows: 5, columns: 5)
    for row in 0..<5 { for column in 0...row { rest[row, column] = first[row + 4, column + 4] } }
    try LinearAlgebra.eliminateLeading(5, of: &rest)
    for row in 0..<9 {
      for column in 0...row {
        let blockwise = column < 4 ? first[row, column] : rest[row - 4, column - 4]
        #expect(abs(blockwise - whole[row, column]) < 1e-12)
      }
    }
    var indefinite = DoubleMatrix(rows: 2, columns: 2, values: [-1, 0, 0, 1])
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2, minor: 1)) {
      try LinearAlgebra.eliminateLeading(1, of: &indefinite)
    }
  }

  @Test("The Gram matrix of batches equals that of all rows, over several tiles")
  func gram() {
    let order = 700
    let rows = noise(6, order, seed: 9)
    let floats = rows.values.map { Float($0) }
    var accumulator = GramAccumulator(order: order)
    accumulator.add(Array(floats[..<(2 * order)]))
    accumulator.add([])
    accumulator.add(Array(floats[(2 * order)...]))
    let result = accumulator.finish(scale: 0.5)
    let expected = rows.transposed().multiplied(by: rows)
    #expect(result.count == order * order)
    expectClose(
      actual: result.map { Double($0) }, expected: expected.values.map { 0.5 * $0 },
      absolute: 1e-5)
  }

  @Test("A transposed product equals that of a copy, and two triangular solutions give the whole")
  func transposedProducts() throws {
    let (left, right) = (noise(4, 3, seed: 3), noise(4, 2, seed: 4))
    let product = left.transposedMultiplied(by: right)
    #expect(product.rows == 3 && product.columns == 2)
    #expect(largestDifference(product, left.transposed().multiplied(by: right)) < 1e-12)

    var matrix = left.transposedMultiplied(by: left)
    for index in 0..<3 { matrix[index, index] += 1 }
    let factor = try LinearAlgebra.choleskyFactor(matrix)
    let wanted = [1.0, -2, 0.5]
    let half = factor.solveLower(DoubleMatrix(rows: 3, columns: 1, values: wanted))
    expectClose(
      actual: factor.solveUpper(half).values, expected: factor.solve(wanted), absolute: 1e-12)
  }
}
