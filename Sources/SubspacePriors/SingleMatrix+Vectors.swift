import Numerics

extension SingleMatrix {
  /// The product with a column vector.
  func multiplied(by vector: [Double]) -> [Double] { product(vector) { multiplied(by: $0) } }

  /// The product of the transpose with a column vector.
  func transposedMultiplied(by vector: [Double]) -> [Double] {
    product(vector) { transposedMultiplied(by: $0) }
  }

  private func product(_ vector: [Double], _ multiply: (SingleMatrix) -> SingleMatrix) -> [Double] {
    multiply(SingleMatrix(rows: vector.count, columns: 1, values: vector.map { Float($0) }))
      .values.map { Double($0) }
  }
}
