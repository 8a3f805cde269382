import Foundation
import Testing

/// `siren info --cpu` as built.
@Suite struct ProcessorTests {
  private struct Report: Decodable {
    let instructions: String
    let matrix_kernels: String
    let threads: Int
    let peak_gflops: Double
    let peak_gflops_one_thread: Double
  }

  private func report(_ path: String?) throws -> (Report, errors: String) {
    let outcome = try Program.siren.run(
      ["info", "--cpu", "--json", "--threads", "2"],
      environment: path.map { ["SIREN_CPU": $0] } ?? [:])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return (
      try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8)), outcome.errors
    )
  }

  @Test func theProcessorIsDescribed() throws {
    let (best, errors) = try report(nil)
    #expect(errors.isEmpty && best.threads == 2)
    #expect(["portable", "avx2", "avx512"].contains(best.instructions))
    #expect(best.peak_gflops > 1 && best.peak_gflops_one_thread > 1)
    #expect(!best.matrix_kernels.isEmpty)
  }

  @Test func theEnvironmentChoosesALowerPath() throws {
    let (portable, errors) = try report("portable")
    #expect(portable.instructions == "portable" && errors.isEmpty)
    let (best, none) = try report(nil)
    #expect(none.isEmpty)
    let (other, remark) = try report("mmx")
    #expect(other.instructions == best.instructions)
    #expect(
      remark == "SIREN_CPU=mmx is not followed: expected portable, avx2, avx512; "
        + "\(best.instructions) runs\n")
  }

  /// Lines of JSON are handed on at once, and the end of the program must not forget one that was lost.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no full device"),
    arguments: [[], ["--json"]])
  func outputThatIsLostIsNoSuccess(format: [String]) throws {
    let outcome = try Program.siren.run(["info", "--cpu"] + format, outputTo: "/dev/full")
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors == "Error: the result could not be written to standard output\n")
  }

  @Test func aModelOrTheProcessor() throws {
    #expect(try Program.siren.run("info").exitCode == 2)
    #expect(try Program.siren.run("info", "m.safetensors", "--cpu").exitCode == 2)
  }
}
