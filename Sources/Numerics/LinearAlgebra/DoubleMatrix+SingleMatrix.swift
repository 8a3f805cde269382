extension DoubleMatrix {
  /// A matrix in single precision, in double.
  public init(_ other: SingleMatrix) {
    self.init(rows: other.rows, columns: other.columns, values: other.values.map { Double($0) })
  }
}
