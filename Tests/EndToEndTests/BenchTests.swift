import DifferentiableCore
import Foundation
import TestSupport
import Testing

/// `bench` of both programs as built, on sizes that take no time.
@Suite struct BenchTests {
  @Test func resultsAreOneLineOfJSONEach() throws {
    let field = try Program.siren.run(
      "bench", "--json", "--quiet", "--scale", "32", "--seconds", "0.01", "--workload", "image",
      "--workload", "render", "--threads", "2")
    #expect(field.exitCode == 0 && field.errors.isEmpty, "\(field.errors)")
    let prior = try Program.hyper.run(
      "bench", "--json", "--quiet", "--scale", "16", "--seconds", "0.01", "--workload", "prior")
    #expect(prior.exitCode == 0 && prior.errors.isEmpty, "\(prior.errors)")
    let lines = (field.output + prior.output).split(separator: "\n")
    #expect(lines.count == 3)
    for (line, name) in pairs(lines, ["image", "render", "prior"]) {
      #expect(line.contains("\"workload\":\"\(name)\""))
      for key in ["seconds", "gflops", "peak_fraction", "threads", "peak_memory_bytes"] {
        #expect(line.contains("\"\(key)\":"), "\(line)")
      }
    }
  }

  @Test func peopleGetATable() throws {
    let outcome = try Program.siren.run(
      "bench", "--scale", "32", "--seconds", "0.01", "--workload", "gradient")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[1].hasPrefix("gradient "))
    #expect(lines[2].hasPrefix("peak of multiply-adds: "))
  }

  @Test func wrongOptions() throws {
    let unknown = try Program.siren.run("bench", "--workload", "nothing")
    #expect(unknown.exitCode == 2)
    #expect(
      unknown.errors == "Error: --workload 'nothing' is unknown, expected one of image, gradient, "
        + "laplacian, audio, grid, render, render-gradient, render-laplacian\n")
    #expect(try Program.siren.run("bench", "--seconds", "0").exitCode == 2)
    #expect(try Program.hyper.run("bench", "--scale", "100").exitCode == 2)
  }
}
