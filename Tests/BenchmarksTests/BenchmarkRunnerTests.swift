import Benchmarks
import DifferentiableCore
import Foundation
import Synchronization
import Testing

@Suite struct BenchmarkRunnerTests {
  @Test func theMedianIsInTheMiddle() {
    #expect(BenchmarkRunner.median([3, 1, 2]) == 2)
    #expect(BenchmarkRunner.median([4, 1, 2, 3]) == 2.5)
    #expect(BenchmarkRunner.median([]).isNaN)
  }

  @Test func workIsRepeatedAndMeasured() throws {
    let calls = Mutex(0)
    let workload = BenchmarkWorkload(
      name: "sleep", summary: "sleeps", points: 1_000, operations: 4e6
    ) {
      { () throws -> Void in
        calls.withLock { $0 += 1 }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
    let result = try BenchmarkRunner.measure(workload, seconds: 0.08)
    #expect(result.workload == "sleep")
    // The first one is left out.
    #expect(result.repetitions >= 3 && calls.withLock { $0 } == result.repetitions + 1)
    #expect(result.seconds >= 0.01)
    #expect(abs(result.gigaflops - 4e-3 / result.seconds) < 1e-9)
    #expect(abs(result.microsecondsPerPoint - result.seconds * 1e3) < 1e-9)
    #expect(result.peak > 1e9 && result.peakFraction == 4e6 / result.seconds / result.peak)
  }

  @Test func aLongRepetitionIsMeasuredOnce() throws {
    let workload = BenchmarkWorkload(name: "long", summary: "", points: 1, operations: 1) {
      { () throws -> Void in Thread.sleep(forTimeInterval: 0.05) }
    }
    let result = try BenchmarkRunner.measure(workload, seconds: 0.01)
    #expect(result.repetitions == 1 && result.seconds >= 0.05)
  }

  @Test func memoryInUseIsDetected() throws {
    let workload = BenchmarkWorkload(name: "memory", summary: "", points: 1, operations: 1) {
      { () throws -> Void in
        let bytes = [UInt8](repeating: 1, count: 200 << 20)
        withExtendedLifetime(bytes) {}
      }
    }
    let result = try BenchmarkRunner.measure(workload, seconds: 0.01)
    #if os(Linux)
      let peak = try #require(result.peakMemory)
      #expect(peak > 200 << 20 && UInt64(peak) < ProcessInfo.processInfo.physicalMemory)
    #endif
  }
}

/// The counted operations agree with a calculation by hand.
@Suite struct WorkloadTests {
  private func operations(_ name: String, _ workloads: [BenchmarkWorkload]) throws -> Double {
    try #require(workloads.first { $0.name == name }).operations
  }

  @Test func workOfFields() throws {
    let all = FieldWorkloads.all()
    let layers = Double(2 * 256 + 3 * 256 * 256 + 256)
    let image = try operations("image", all)
    #expect(image == 6 * layers * 65_536)
    // A grey picture: reverse over reverse doubles a step; a Laplacian carries four rows.
    #expect(try operations("gradient", all) == 2 * image / 4)
    #expect(try operations("laplacian", all) == 4 * image / 4)
    #expect(
      try operations("audio", all) == 6 * Double(256 + 3 * 256 * 256 + 256) * 308_207)
    #expect(try operations("render", all) == 2 * layers * 2_048 * 2_048)
    #expect(Set(all.map(\.name)).count == all.count)
  }

  @Test func workOfPriors() throws {
    let all = PriorWorkloads.all()
    // Set encoder, one head a weight and bias, and the field at every pixel, of 32 pictures.
    let square = 256.0 * 256
    let encoder = 200 * (5 * 256 + 3 * square)
    let sizes = [512, 256, square, 256, square, 256, square, 256, 768, 3]
    let heads = sizes.reduce(0) { $0 + 2 * square + 256 * $1 }
    let field = 1_024 * (512 + 3 * square + 768)
    #expect(try operations("hypernetwork", all) == 6 * 32 * (encoder + heads + field))
    // The attention encoder with its 16 tokens, the head's trunk, the field, the closed-form fit.
    let wide = 128.0 * 128
    let block = 16.0 * 16 * wide + 2 * 4 * 16 * 217 * 128
    let seen = 200 * (29 * 128 + wide) + 2 * block
    let generated = 2_048.0 * 256 + 256 * (8 * 128 + 3 * 129)
    let fields = 456 * (2 * 128 + 3 * wide + 3 * 128)
    let fit = 200.0 * 129 * 129 + Double(129 * 129 * 129 / 6)
    #expect(try operations("prior", all) == 6 * 32 * (seen + generated + fields + fit))
    // The residual network: first and last layer, blocks on grids of 16, 8 and 4, and the layers
    // between them.
    let ends: Double = 256 * 9 * 48 * 4 * 15
    let fine: Double = 4 * 256 * 48 * 48
    let middle: Double = 4 * 64 * 64 * 64
    let coarse: Double = 2 * 16 * 96 * 96
    let blocks = 9 * (fine + middle + coarse)
    let joints: Double = 2 * 4 * (64 * 48 * 64 + 16 * 64 * 96)
    #expect(try operations("residual-network", all) == 6 * 16 * (ends + blocks + joints))
  }

  /// Except for the sound, which does not shrink.
  @Test(
    arguments: [
      "image", "gradient", "laplacian", "grid", "render", "render-gradient", "render-laplacian",
      "hypernetwork", "prior", "residual-network",
    ])
  func everyWorkloadRuns(name: String) throws {
    let all = FieldWorkloads.all(scale: 32) + PriorWorkloads.all(scale: 16)
    #expect(all.count == 11)
    #expect(all.count { $0.isNamed("correction") } == 1)
    let workload = try #require(all.first { $0.name == name })
    let work = try workload.prepare()
    #expect(throws: Never.self) { try work() }
  }
}
