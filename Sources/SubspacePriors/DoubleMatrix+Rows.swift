import Numerics

extension DoubleMatrix {
  /// Each row multiplied by its own factor.
  func scalingRows(by factors: [Double]) -> DoubleMatrix {
    var result = self
    for (row, factor) in factors.enumerated() where factor != 1 {
      for index in row * columns..<(row + 1) * columns { result.values[index] *= factor }
    }
    return result
  }

  /// Subtracts a multiple of a vector from one row.
  mutating func subtract(_ vector: [Double], times factor: Double, fromRow row: Int) {
    let start = row * columns
    values.withUnsafeMutableBufferPointer { values in
      for index in vector.indices { values[start + index] -= factor * vector[index] }
    }
  }
}
