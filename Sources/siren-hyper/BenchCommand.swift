import ArgumentParser
import CommandSupport
import HyperPrior

/// `siren-hyper bench`: how fast priors are on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = benchmarkConfiguration(
    "siren-hyper", measuring: "training steps of priors",
    PriorWorkloads.all())

  @OptionGroup var options: BenchmarkOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    try runBenchmarks(PriorWorkloads.all(scale: options.scale), options, printing, threads)
  }
}
