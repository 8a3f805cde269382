import ArgumentParser
import Benchmarks
import CommandSupport
import Testing

/// The command that both programs share, with workloads of its own.
@Suite struct BenchCommandTests {
  enum Trials: WorkloadList {
    static let program = "trial"
    static let subject = "nothing at all"

    static func all(scale: Int) -> [BenchmarkWorkload] {
      ["first", "second"].map { name in
        BenchmarkWorkload(
          name: name, summary: "points of the \(name)", points: 8 / scale, operations: 1
        ) { {} }
      }
    }
  }

  @Test func helpListsTheWorkloads() {
    let configuration = BenchCommand<Trials>.configuration
    #expect(configuration.commandName == "bench")
    let help = configuration.discussion
    #expect(help.hasPrefix("Measures nothing at all. A workload is repeated"))
    #expect(help.contains("  first: points of the first\n  second: points of the second\n"))
    #expect(help.contains("  trial bench --workload first --seconds 20 --threads 1"))
  }

  @Test func anUnknownWorkloadIsRefusedWithTheNames() throws {
    let command = try BenchCommand<Trials>.parse(["--workload", "third"])
    #expect(
      throws: CommandFailure.usage("--workload 'third' is unknown, expected one of first, second")
    ) { try command.run() }
  }

  @Test func sizesAreChecked() {
    #expect(throws: (any Error).self) { try BenchCommand<Trials>.parse(["--scale", "33"]) }
    #expect(throws: (any Error).self) { try BenchCommand<Trials>.parse(["--seconds", "0"]) }
  }
}
