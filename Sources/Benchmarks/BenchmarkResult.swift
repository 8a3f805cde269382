/// What was measured of a workload.
public struct BenchmarkResult: Sendable, Equatable {
  /// Name of the workload.
  public let workload: String
  /// Seconds of one repetition: the median.
  public let seconds: Double
  /// Repetitions that the median is of.
  public let repetitions: Int
  /// Points of one repetition.
  public let points: Int
  /// Operations of one repetition.
  public let operations: Double
  /// The rate of multiply-adds that the processor reached just before or after, in operations a
  /// second.
  public let peak: Double
  /// Threads used.
  public let threads: Int
  /// The most memory that the process had in use during the workload, in bytes; nil where the system
  /// does not tell.
  public let peakMemory: Int?

  /// Billions of operations a second.
  public var gigaflops: Double { operations / seconds / 1e9 }
  /// The share of the processor's peak that was reached.
  public var peakFraction: Double { operations / seconds / peak }
  /// Microseconds that a point took.
  public var microsecondsPerPoint: Double { seconds * 1e6 / Double(points) }
}
