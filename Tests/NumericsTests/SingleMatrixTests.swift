import Numerics
import TestSupport
import Testing

@Suite("Matrices in single precision")
struct SingleMatrixTests {
  private func noise(_ rows: Int, _ columns: Int, seed: UInt64) -> SingleMatrix {
    SingleMatrix(.noise(rows, columns, seed: seed))
  }

  /// Whether a matrix is another one up to the rounding of sums of `depth` products in -1...1.
  private func agree(_ single: SingleMatrix, _ double: DoubleMatrix, depth: Int) -> Bool {
    guard single.rows == double.rows, single.columns == double.columns else { return false }
    return maximumDifference(single.values, double.values) <= 1e-7 * Double(depth + 1)
  }

  @Test("Products agree with double precision", arguments: [1, 2, 3, 33], [1, 2, 70])
  func products(rows: Int, columns: Int) {
    let (a, b) = (noise(rows, columns, seed: 1), noise(columns, 5, seed: 2))
    let c = noise(rows, 7, seed: 3)
    #expect(
      agree(a.multiplied(by: b), DoubleMatrix(a).multiplied(by: DoubleMatrix(b)), depth: columns))
    #expect(
      agree(
        a.transposedMultiplied(by: c), DoubleMatrix(a).transposedMultiplied(by: DoubleMatrix(c)),
        depth: rows))
    let vector = noise(columns, 1, seed: 6)
    #expect(
      agree(
        a.multiplied(by: vector), DoubleMatrix(a).multiplied(by: DoubleMatrix(vector)),
        depth: columns))
    let upright = noise(rows, 1, seed: 7)
    #expect(
      agree(
        a.transposedMultiplied(by: upright),
        DoubleMatrix(a).transposedMultiplied(by: DoubleMatrix(upright)), depth: rows))
    #expect(agree(a.gram(), DoubleMatrix(a).gram(), depth: rows))
    let other = noise(rows, columns, seed: 4)
    let products = (0..<rows).map { row in
      (row * columns..<(row + 1) * columns).reduce(0) {
        $0 + Double(a.values[$1]) * Double(other.values[$1])
      }
    }
    expectClose(
      actual: a.rowProducts(with: other), expected: products,
      absolute: 1e-7 * Double(columns + 1))
  }

  @Test("Rows and columns are selected in any order, and scaled matrices are added")
  func rowsAndSums() {
    let matrix = SingleMatrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6])
    #expect(matrix.rows([2, 0, 2]).values == [5, 6, 1, 2, 5, 6])
    #expect(matrix.columns([1, 0, 1]).values == [2, 1, 2, 4, 3, 4, 6, 5, 6])
    #expect(matrix.columns([]) == SingleMatrix(rows: 3, columns: 0))
    #expect(matrix.rows([]) == SingleMatrix(rows: 0, columns: 2))
    var sum = matrix
    sum.add(matrix.rows([2, 1, 0]), times: -0.5)
    #expect(sum.values == [-1.5, -1, 1.5, 2, 4.5, 5])
    #expect(SingleMatrix(DoubleMatrix(matrix)) == matrix)
  }

  @Test("Empty matrices have empty products")
  func empty() {
    let nothing = SingleMatrix(rows: 0, columns: 4)
    #expect(nothing.multiplied(by: noise(4, 3, seed: 5)) == SingleMatrix(rows: 0, columns: 3))
    #expect(nothing.multiplied(by: noise(4, 1, seed: 8)) == SingleMatrix(rows: 0, columns: 1))
    #expect(
      SingleMatrix(rows: 2, columns: 0).multiplied(by: SingleMatrix(rows: 0, columns: 3))
        == SingleMatrix(rows: 2, columns: 3))
  }
}
