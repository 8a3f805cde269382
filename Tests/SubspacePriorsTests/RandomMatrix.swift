import Numerics

extension DoubleMatrix {
  /// Independent numbers of mean 0 and variance 1.
  static func normal(_ rows: Int, _ columns: Int, seed: UInt64) -> DoubleMatrix {
    var random = Xoshiro256(seed: seed)
    return DoubleMatrix(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { _ in Double(random.normal()) })
  }
}
