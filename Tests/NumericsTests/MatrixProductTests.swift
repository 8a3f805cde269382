import DifferentiableCore
import Numerics
import TestSupport
import Testing

/// Products of every shape that a kernel's blocks and panels cut up, against the definition in double.
@Suite("Matrix products of all shapes") struct MatrixProductTests {
  private static let transposes = [(false, false), (true, false), (false, true), (true, true)]

  private func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = Xoshiro256(seed: seed)
    return Tensor(
      (0..<shape.reduce(1, *)).map { _ in random.uniform(in: -1...1) }, shape: shape)
  }

  private func check(rows: Int, columns: Int, shared: Int, batch: Int = 1) {
    for (left, right) in Self.transposes {
      let a = random([batch] + (left ? [shared, rows] : [rows, shared]), seed: 1)
      let b = random([batch] + (right ? [columns, shared] : [shared, columns]), seed: 2)
      let product = a.matrixProduct(b, transposingLeft: left, transposingRight: right).values
      let (x, y) = (a.values, b.values)
      var worst = 0.0
      for item in 0..<batch {
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = 0.0
            for term in 0..<shared {
              let own = left ? term * rows + row : row * shared + term
              let other = right ? column * shared + term : term * columns + column
              sum +=
                Double(x[item * rows * shared + own])
                * Double(y[item * shared * columns + other])
            }
            worst = larger(
              worst, abs(sum - Double(product[(item * rows + row) * columns + column])))
          }
        }
      }
      // The rounding error of sums of this many terms in 0...1.
      let allowed = 2e-7 * Double(shared) + 1e-6
      #expect(
        worst <= allowed,
        "\(rows)x\(columns) over \(shared), transposed \(left) \(right): off by \(worst)")
    }
  }

  @Test(arguments: [1, 5, 6, 7, 11, 12, 13, 25, 96, 97])
  func rows(rows: Int) {
    for columns in [1, 2, 8, 9, 15, 16, 17, 31, 33] {
      for shared in [1, 2, 7, 8, 9, 33] { check(rows: rows, columns: columns, shared: shared) }
    }
  }

  @Test("Products longer than a panel are right", arguments: [255, 256, 257, 1_030])
  func longSums(shared: Int) {
    for (rows, columns) in [(13, 129), (97, 127), (200, 33), (300, 3), (145, 6), (24, 8)] {
      check(rows: rows, columns: columns, shared: shared)
    }
  }

  @Test("Few rows times many lines is right", arguments: [1, 7, 8, 9, 15, 16, 17, 31, 32, 33])
  func fewRows(rows: Int) {
    for (columns, shared) in [(255, 9), (256, 3), (257, 300), (523, 17)] {
      check(rows: rows, columns: columns, shared: shared)
    }
  }

  @Test("Few rows times many lines is added to biases", arguments: [1, 8, 13, 16, 27, 32, 33])
  func fewRowsFromBiases(rows: Int) {
    for (columns, shared) in [(255, 9), (256, 3), (261, 40), (523, 270)] {
      let input = random([rows, shared], seed: 1)
      let weight = random([columns, shared], seed: 2)
      let bias = random([columns], seed: 3)
      let (x, w, b) = (input.values, weight.values, bias.values)
      let result = input.affine(weight: weight, bias: bias).values
      for row in 0..<rows {
        for column in 0..<columns {
          let sum = (0..<shared).reduce(Double(b[column])) {
            $0 + Double(x[row * shared + $1]) * Double(w[column * shared + $1])
          }
          #expect(
            abs(sum - Double(result[row * columns + column])) <= 2e-7 * Double(shared) + 1e-6,
            "row \(row), column \(column) of \(rows)x\(columns) over \(shared)")
        }
      }
    }
  }

  @Test func batches() {
    for rows in [1, 14] { check(rows: rows, columns: 19, shared: 21, batch: 3) }
  }
}
