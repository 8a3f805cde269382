import Foundation
import FuzzTargets
import Numerics
import TestSupport
import Testing

/// Random mutations for some seconds per target, in the build of the tests: `make fuzz-briefly`.
///
/// The environment has the seconds for each target (`SIREN_FUZZ_SECONDS`), the seed (`SIREN_FUZZ_SEED`) and the folder
/// that keeps the input which is being read (`SIREN_FUZZ_INPUTS`), so that it is there if the program ends.
@Suite struct BriefFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["SIREN_FUZZ_SECONDS"].flatMap(Double.init)

  @Test(
    "No random mutation ends the program or takes long",
    .enabled(if: seconds != nil, "make fuzz-briefly"), arguments: FuzzTarget.all.map(\.name))
  func mutations(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seconds = try #require(Self.seconds)
    let seed = try #require(
      Self.environment["SIREN_FUZZ_SEED"].flatMap(UInt64.init), "SIREN_FUZZ_SEED is a number")
    let folder = try #require(
      Self.environment["SIREN_FUZZ_INPUTS"], "SIREN_FUZZ_INPUTS is a folder")
    let kept = try KeptInput(folder + "/" + name + ".read-last")
    var run = BriefRun(target: target, examples: try target.seeds(), seed: seed)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    // Small inputs are not worth a second thread, and other targets are read at the same time.
    try Parallel.withThreadCount(1) {
      while clock.now < end {
        let input = run.next()
        try kept.keep(input)
        let start = clock.now
        run.learn(input, target.answers(to: input))
        let time = clock.now - start
        guard time < .seconds(10) else {
          Issue.record("an input of \(name) took \(time); it is in \(kept.path)")
          return
        }
      }
    }
    kept.remove()
    print("\(name): \(run.count) inputs, \(run.pool.count) different answers")
  }

  @Test("Inputs with a new answer are changed further, the same ones for the same seed")
  func learning() throws {
    let target = try #require(FuzzTarget.named("wav"))
    func pool(seed: UInt64) throws -> [[UInt8]] {
      var run = BriefRun(target: target, examples: try target.seeds(), seed: seed)
      for _ in 0..<500 {
        let input = run.next()
        run.learn(input, target.answers(to: input))
      }
      return run.pool
    }
    let first = try pool(seed: 1)
    let examples = try target.seeds().count
    #expect(first.count > examples)
    #expect(try pool(seed: 1) == first)
    #expect(try pool(seed: 2) != first)
  }

  @Test("Answers that differ in numbers and names alone are one")
  func kinds() {
    #expect(
      BriefRun.kind("a.png: 12 bytes cannot hold the 3x4 pixels of 'b'")
        == BriefRun.kind("a.png: 7 bytes cannot hold the 99x1 pixels of 'other'"))
    #expect(BriefRun.kind("it is no TIFF") != BriefRun.kind("it has fewer pages"))
  }

  @Test("The input that is being read stays in its file until it is removed")
  func keeping() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("png.read-last")
    let kept = try KeptInput(path)
    for input in [[1, 2, 3], [4], []] as [[UInt8]] {
      try kept.keep(input)
      #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == input)
    }
    kept.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
