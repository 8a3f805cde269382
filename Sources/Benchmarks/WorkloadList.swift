/// The workloads that one program measures.
public protocol WorkloadList: Sendable {
  /// The name of the program.
  static var program: String { get }

  /// The subject of the measurement, as the end of "Measures ...", without a period.
  static var subject: String { get }

  /// All workloads, in the order in which they are printed.
  ///
  /// - Parameter scale: divides sizes, for quick trials; 1 is what is published.
  static func all(scale: Int) -> [BenchmarkWorkload]
}

extension WorkloadList {
  /// All workloads at the published size, in the order in which they are printed.
  public static func all() -> [BenchmarkWorkload] { all(scale: 1) }
}
