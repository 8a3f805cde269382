extension DoubleMatrix {
  /// Adds a multiple of a matrix of the same shape.
  package mutating func add(_ other: DoubleMatrix, times factor: Double = 1) {
    precondition(
      rows == other.rows && columns == other.columns,
      "cannot add \(other.rows)x\(other.columns) to \(rows)x\(columns)")
    values.withUnsafeMutableBufferPointer { own in
      other.values.withUnsafeBufferPointer { other in
        for index in 0..<own.count { own[index] += factor * other[index] }
      }
    }
  }

  /// The column as an array.
  package func column(_ index: Int) -> [Double] { (0..<rows).map { values[$0 * columns + index] } }

  /// The row as an array.
  package func row(_ index: Int) -> [Double] {
    Array(values[index * columns..<(index + 1) * columns])
  }

  /// Some rows and columns, in the order given.
  package func submatrix(_ ownRows: [Int], _ ownColumns: [Int]) -> DoubleMatrix {
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
  package func rowProducts(with other: DoubleMatrix) -> [Double] {
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
extension DoubleMatrix {
  /// `(1 - share) self + share other`, exactly one of them at the ends.
  package func mixed(with other: DoubleMatrix, share: Double) -> DoubleMatrix {
    var result = self
    for index in result.values.indices { result.values[index] *= 1 - share }
    result.add(other, times: share)
    return result
  }
}
