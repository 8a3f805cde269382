import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fitting

/// `siren bench`: how fast fields are on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast this machine is.",
    discussion: """
      Measures the work of single networks: steps of the SIREN paper's experiments, and rendering. \
      A workload is repeated, and the median counts. GF/s are billions of floating-point operations a \
      second: those of the matrix products, by the cheapest known way to the result. The peak is what \
      the processor's multiply-adds reach in registers, measured in the same run; memory is the most \
      that the process used.

      WORKLOADS
      \(FieldWorkloads.all().map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

      EXAMPLES
        siren bench
        siren bench --workload image --seconds 20 --threads 1
        siren bench --json
      """)

  @OptionGroup var options: BenchmarkOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    if let count = threads.threads { Parallel.threadCount = count }
    ProcessMemory.keepFreed()
    try runBenchmarks(FieldWorkloads.all(scale: options.scale), options, printing)
  }
}
