/// The measurements of a workload.
public struct BenchmarkResult: Sendable, Equatable {
  /// Name of the workload.
  public let workload: String
  /// The median time of a repetition in seconds.
  public let seconds: Double
  /// The number of repetitions.
  public let repetitions: Int
  /// Points of one repetition.
  public let points: Int
  /// Operations of one repetition.
  public let operations: Double
  /// The processor's peak rate of multiply-adds, measured in the same run, in operations per second.
  public let peak: Double
  /// Threads used.
  public let threads: Int
  /// The peak memory of the process during the workload in bytes; nil if the system does not report it.
  public let peakMemory: Int?

  /// Billions of operations per second.
  public var gigaflops: Double { operations / seconds / 1e9 }
  /// The fraction of the processor's peak.
  public var peakFraction: Double { operations / seconds / peak }
  /// Microseconds per point.
  public var microsecondsPerPoint: Double { seconds * 1e6 / Double(points) }
}
