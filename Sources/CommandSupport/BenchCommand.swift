import ArgumentParser
import Benchmarks
import Foundation
import Numerics

/// `--workload`, `--seconds` and `--scale`: the workloads to measure, their duration and size.
public struct BenchmarkOptions: ParsableArguments, Sendable {
  /// Names of workloads; an empty list means all.
  @Option(
    name: .customLong("workload"),
    help: ArgumentHelp("Measure only this workload; may be repeated.", valueName: "name"))
  public var workloads: [String] = []

  /// The approximate duration per workload in seconds.
  @Option(help: "The approximate duration per workload in seconds.")
  public var seconds = 5.0

  /// The divisor of all sizes, 1...32.
  @Option(help: "Divide the sizes of all workloads by this, for a quick trial; 1 is the full size.")
  public var scale = 1

  /// All workloads, five seconds each.
  public init() {}

  /// Throws a `ValidationError` for a duration or a scale out of range.
  public func validate() throws {
    guard seconds > 0, seconds <= 86_400 else {
      throw ValidationError("--seconds is \(seconds), expected above 0 up to 86400.")
    }
    guard (1...32).contains(scale) else {
      throw ValidationError("--scale is \(scale), expected 1 to 32.")
    }
  }
}

/// `bench`: measures the speed of a program's work on this machine.
public struct BenchCommand<Workloads: WorkloadList>: ParsableCommand {
  /// The discussion lists the workloads, and the examples use the first one.
  public static var configuration: CommandConfiguration {
    let (program, workloads) = (Workloads.program, Workloads.all())
    return CommandConfiguration(
      commandName: "bench",
      abstract: "Measure how fast this machine is.",
      discussion: """
        Measures \(Workloads.subject). \
        A workload is repeated, and the median time is reported. GF/s are billions of floating-point \
        operations per second. The operations of matrix products and convolutions are counted by their \
        definitions, in the cheapest known order of evaluation. The peak is the rate of multiply-adds on \
        registers, measured in the same run. Convolutions that save multiplications can exceed it. Memory \
        is the peak memory of the process.

        WORKLOADS
        \(workloads.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

        EXAMPLES
          \(program) bench
          \(program) bench --workload \(workloads.first?.name ?? "name") --seconds 20 --threads 1
          \(program) bench --json
        """)
  }

  @OptionGroup var options: BenchmarkOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threadOptions: ThreadOptions

  /// All workloads, five seconds each.
  public init() {}

  /// Measures the chosen workloads and prints one line of JSON per result, or a table at the end.
  ///
  /// - Throws: ``CommandFailure`` for the name of an unknown workload.
  public func run() throws {
    let workloads = Workloads.all(scale: options.scale)
    threadOptions.apply()
    ProcessMemory.keepFreed()
    for name in options.workloads where !workloads.contains(where: { $0.isNamed(name) }) {
      throw CommandFailure.usage(
        "--workload '\(name)' is unknown, expected one of "
          + workloads.map(\.name).joined(separator: ", "))
    }
    let chosen = workloads.filter { workload in
      options.workloads.isEmpty || options.workloads.contains(where: workload.isNamed)
    }
    var table = TextTable([
      .left("workload"), .right("ms"), .right("GF/s"), .right("of peak"), .right("us/point"),
      .right("memory"), .right("runs"),
    ])
    let progress = ProgressReporter("Measuring", unit: "workloads", quiet: printing.quiet)
    var peaks: [Double] = []
    var threads = 1
    for (index, workload) in chosen.enumerated() {
      progress.update(index, of: chosen.count, detail: workload.summary)
      let result = try BenchmarkRunner.measure(workload, seconds: options.seconds)
      peaks.append(result.peak)
      threads = result.threads
      if printing.json { printJSON(Self.json(result)) }
      table.append([
        result.workload, decimal(result.seconds * 1e3), decimal(result.gigaflops),
        decimal(result.peakFraction * 100) + "%", decimal(result.microsecondsPerPoint),
        result.peakMemory.map(formatBytes) ?? "?", "\(result.repetitions)",
      ])
    }
    progress.finish()
    guard !printing.json, let peak = peaks.max() else { return }
    print(table.description)
    print("peak of multiply-adds: \(decimal(peak / 1e9)) GF/s on \(threads) thread(s)")
  }

  private static func json(_ result: BenchmarkResult) -> JSONValue {
    [
      "workload": .string(result.workload), "seconds": .number(result.seconds),
      "gflops": .number(result.gigaflops), "peak_fraction": .number(result.peakFraction),
      "threads": .integer(result.threads),
      "peak_memory_bytes": result.peakMemory.map { .integer($0) } ?? .null,
      "microseconds_per_point": .number(result.microsecondsPerPoint),
      "repetitions": .integer(result.repetitions),
    ]
  }
}

/// A number with three digits and without an exponent.
private func decimal(_ value: Double) -> String {
  guard value.isFinite else { return "-" }
  return String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
}
