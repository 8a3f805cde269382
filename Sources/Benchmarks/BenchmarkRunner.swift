import Numerics

/// Measures workloads, one after the other.
public enum BenchmarkRunner {
  /// The least number of repetitions, if the time allows.
  private static let fewest = 3

  /// Repeats a workload and takes the median.
  ///
  /// The first repetition warms up caches and memory. It is omitted unless it alone takes the whole time.
  ///
  /// - Parameters:
  ///   - seconds: the approximate duration, above 0; at least three repetitions are made unless they take
  ///     four times as long.
  /// - Throws: the errors of the workload.
  public static func measure(
    _ workload: BenchmarkWorkload, seconds: Double
  ) throws -> BenchmarkResult {
    let threads = Parallel.threadCount
    let peakBefore = Processor.measuredPeak(threads: threads)
    ProcessMemory.releaseFreed()
    ProcessMemory.resetPeak()
    let work = try workload.prepare()
    let clock = ContinuousClock()
    let time = { () throws -> Double in
      let duration = try clock.measure(work)
      return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
    let first = try time()
    var times: [Double] = []
    var spent = first
    while spent < seconds || (times.count < fewest && spent < 4 * seconds) {
      let one = try time()
      times.append(one)
      spent += one
    }
    if times.isEmpty { times = [first] }
    let memory = ProcessMemory.peak
    return BenchmarkResult(
      workload: workload.name, seconds: median(times), repetitions: times.count,
      points: workload.points, operations: workload.operations,
      peak: max(peakBefore, Processor.measuredPeak(threads: threads)), threads: threads,
      peakMemory: memory)
  }

  /// The median; for an even number of values the mean of the two in the middle.
  package static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
