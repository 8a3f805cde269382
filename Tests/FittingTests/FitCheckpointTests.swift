import Fields
import Fitting
import Signals
import TestSupport
import Testing
import Training

@Suite("Saved states of fits") struct FitCheckpointTests {
  private let image = DifferenceGridTests.waves(80, 64)
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The updates and seconds of a run that continues a fit saved after five seconds, and makes one update in no time.
  private func resumed<Fit: ResumableFit>(_ start: Fit, updates: Int) throws -> (Int, Double) {
    let path = folder.file("checkpoint-\(Fit.self)")
    var (fit, other) = (start, start)
    if updates > 0 { _ = try run(&fit, FitLimits(steps: updates)) }
    try FitCheckpoint.write(fit, seconds: 5, fingerprint: "own", to: path)
    try FitCheckpoint.resume(&other, from: path, fingerprint: "own")
    #expect(other.step == updates)
    return (other.step, try run(&other, FitLimits(steps: updates + 1)))
  }

  private func run<Fit: ResumableFit>(_ fit: inout Fit, _ limits: FitLimits) throws -> Double {
    try fit.run(
      limits, clock: { 0 }, shouldStop: { false }, save: { _, _ in }, saving: PeriodicSaving(),
      each: { _, _ in }
    ).seconds
  }

  // A run towards a quality whose earlier parts took time keeps what they learned, and begins at half the rate.
  @Test(
    "The time of earlier parts counts if they made updates", arguments: [(0, 0.0), (3, 5.0)])
  func seconds(updates: Int, expected: Double) throws {
    let grid = try GridFit(
      PictureSignal(image), .standard(for: FittedSignal(image), hiddenWidth: 8), seed: 1)
    let network = FieldFit(
      SampleObjective(image), SirenArchitecture(hiddenWidth: 8, hiddenLayers: 1), .standard,
      seed: 1)
    #expect(try resumed(grid, updates: updates) == (updates, expected))
    #expect(try resumed(network, updates: updates) == (updates, expected))
  }
}
