import Numerics

extension DoubleMatrix {
  /// A matrix of columns, each of `rows` values.
  init(columns: [[Double]], rows: Int) {
    self.init(rows: rows, columns: columns.count)
    for (column, values) in columns.enumerated() {
      for (row, value) in values.enumerated() { self[row, column] = value }
    }
  }

  /// Some columns, in the order given.
  func columns(_ chosen: [Int]) -> DoubleMatrix {
    var result = DoubleMatrix(rows: rows, columns: chosen.count)
    for row in 0..<rows {
      for (position, column) in chosen.enumerated() {
        result.values[row * chosen.count + position] = values[row * columns + column]
      }
    }
    return result
  }
}
