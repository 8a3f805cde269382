import Foundation
import Numerics
import Testing

@Suite struct LeastSquaresFactorTests {
  private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> DoubleMatrix {
    var random = Xoshiro256(seed: seed)
    return DoubleMatrix(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in random.normal() })
  }

  @Test(
    "The solution is the normal equations' where these are well conditioned",
    arguments: [3, 40, 2_000])
  func solution(rows: Int) throws {
    let system = random(rows, 9, seed: 1)
    let damping = (0..<8).map { 0.1 + 0.05 * Double($0) }
    let found = try LeastSquaresFactor(system).solve(damping: damping)
    var normal = system.tiledGram(columns: 8)
    normal.mirrorLower()
    for index in 0..<8 { normal[index, index] += damping[index] * damping[index] }
    let right = (0..<8).map { column in
      (0..<rows).reduce(0.0) { $0 + system[$1, column] * system[$1, 8] }
    }
    let truth = try LinearAlgebra.solveGeneral(
      normal, DoubleMatrix(rows: 8, columns: 1, values: right)
    ).values
    for (a, b) in zip(found, truth) { #expect(abs(a - b) < 1e-10 * max(1, abs(b))) }
  }

  @Test("A condition number of 1e10 keeps six digits, which normal equations would lose")
  func accuracy() throws {
    // Columns that differ by one part in 10^10.
    let base = random(600, 2, seed: 2)
    var system = DoubleMatrix(rows: 600, columns: 3)
    for row in 0..<600 {
      system[row, 0] = base[row, 0]
      system[row, 1] = base[row, 0] + 1e-10 * base[row, 1]
      system[row, 2] = 2 * system[row, 0] + 3 * system[row, 1]
    }
    let found = try LeastSquaresFactor(system).solve(damping: [0, 0])
    #expect(abs(found[0] - 2) < 1e-4 && abs(found[1] - 3) < 1e-4)
  }

  @Test("A large matrix is factored in panels, with the same result on any number of threads")
  func panels() throws {
    let count = 450
    var system = random(2 * count, count + 1, seed: 7)
    let truth = random(1, count, seed: 8).values
    for row in 0..<system.rows {
      system[row, count] = (0..<count).reduce(0) { $0 + system[row, $1] * truth[$1] }
    }
    let damping = [Double](repeating: 0, count: count)
    let solutions = try [1, 3].map { threads in
      try Parallel.withThreadCount(threads) {
        try LeastSquaresFactor(system).solve(damping: damping)
      }
    }
    #expect(solutions[0] == solutions[1])
    for (a, b) in zip(solutions[0], truth) { #expect(abs(a - b) < 1e-10) }
  }

  @Test("Values that are not finite throw")
  func notFinite() {
    var system = random(50, 4, seed: 3)
    system[20, 1] = .nan
    #expect(throws: LinearAlgebraError.notFinite(order: 4)) { try LeastSquaresFactor(system) }
  }

  @Test("Products and factors in tiles are those of whole matrices, for any number of threads")
  func tiles() throws {
    let matrix = random(700, 431, seed: 4)
    let (one, many) = (
      Parallel.withThreadCount(1) { matrix.tiledGram(columns: 430) },
      Parallel.withThreadCount(4) { matrix.tiledGram(columns: 430) }
    )
    #expect(one == many)
    let whole = matrix.submatrix(Array(0..<700), Array(0..<430)).gram()
    for row in 0..<430 {
      for column in 0...row { #expect(abs(one[row, column] - whole[row, column]) < 1e-11) }
    }
    var factor = one
    for index in 0..<430 { factor[index, index] += 1 }
    var matrixPlus = whole
    for index in 0..<430 { matrixPlus[index, index] += 1 }
    try LinearAlgebra.factorizeInTiles(&factor)
    let right = (0..<430).map { Double($0 % 7) }
    let found = LinearAlgebra.solve(factor: factor, right)
    let truth = try LinearAlgebra.choleskyFactor(matrixPlus).solve(right)
    for (a, b) in zip(found, truth) { #expect(abs(a - b) < 1e-10) }
    let rows = matrix.tiledRowGram(columns: 430)
    let wholeRows = matrix.submatrix(Array(0..<700), Array(0..<430)).rowGram()
    for row in 0..<700 {
      for column in 0...row { #expect(abs(rows[row, column] - wholeRows[row, column]) < 1e-11) }
    }
  }

  @Test("A band system in complex numbers")
  func bands() throws {
    let (order, band) = (30, 2)
    var random = Xoshiro256(seed: 5)
    let width = 3 * band + 1
    var bands = [Double](repeating: 0, count: 2 * order * width)
    let truth = (0..<2 * order).map { _ in random.normal() }
    var right = [Double](repeating: 0, count: 2 * order)
    for row in 0..<order {
      for column in max(0, row - band)...min(order - 1, row + band) {
        let (real, imaginary) = (random.normal() + (row == column ? 5 : 0), random.normal())
        let at = 2 * (column * width + 2 * band + row - column)
        (bands[at], bands[at + 1]) = (real, imaginary)
        right[2 * row] += real * truth[2 * column] - imaginary * truth[2 * column + 1]
        right[2 * row + 1] += real * truth[2 * column + 1] + imaginary * truth[2 * column]
      }
    }
    let found = try LinearAlgebra.solveComplexBands(
      order: order, bandwidth: band, &bands, right)
    for (a, b) in zip(found, truth) { #expect(abs(a - b) < 1e-12) }
  }
}

extension DoubleMatrix {
  fileprivate mutating func mirrorLower() {
    for row in 0..<rows {
      for column in 0..<row { self[column, row] = self[row, column] }
    }
  }
}
