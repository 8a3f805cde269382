import Numerics

extension DoubleMatrix {
  /// A deterministic matrix with entries in -1...1 and no structure.
  static func noise(_ rows: Int, _ columns: Int, seed: UInt64) -> DoubleMatrix {
    var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
    let values = (0..<rows * columns).map { _ -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 30) - 1
    }
    return DoubleMatrix(rows: rows, columns: columns, values: values)
  }
}
