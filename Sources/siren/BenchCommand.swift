import ArgumentParser
import CommandSupport
import Fitting

/// `siren bench`: how fast fields are on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = benchmarkConfiguration(
    "siren",
    measuring: "the work of single networks: steps of the SIREN paper's experiments, and rendering",
    FieldWorkloads.all())

  @OptionGroup var options: BenchmarkOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    try runBenchmarks(FieldWorkloads.all(scale: options.scale), options, printing, threads)
  }
}
