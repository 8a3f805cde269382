import Fields
import Fitting
import Numerics
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

  /// A grid of 100 cells, more than are fitted between two questions whether to stop at the beginning of a run.
  private static let shape = GridShape(
    cells: [10, 10], overlap: 1, architecture: SirenArchitecture(hiddenWidth: 6, hiddenLayers: 1))

  @Test("A round that is stopped between its cells continues with the others")
  func withinRound() throws {
    let start = try GridFit(PictureSignal(image), Self.shape, seed: 1)
    let limits = FitLimits(steps: 12)
    var whole = start
    _ = try run(&whole, limits)
    let path = folder.file("checkpoint")
    var (parts, stepsSeen) = (0, Set<Int>())
    var unfinished = [false]
    try Parallel.withThreadCount(1) {
      var ending = TrainingEnding.stopped
      while ending == .stopped {
        var fit = start
        if parts > 0 { try FitCheckpoint.resume(&fit, from: path, fingerprint: "own") }
        #expect(fit.isRoundUnfinished == unfinished.last)
        var questions = 0
        ending = try fit.run(
          limits,
          shouldStop: {
            questions += 1
            // The first question comes before the round.
            return questions > 1
          },
          save: { fit, seconds in
            unfinished.append(fit.isRoundUnfinished)
            #expect(fit.loss.isFinite)
            try FitCheckpoint.write(fit, seconds: seconds, fingerprint: "own", to: path)
          }
        ).ending
        stepsSeen.insert(fit.step)
        parts += 1
        if ending == .completed || parts > 40 {
          #expect(fit.field == whole.field && fit.step == 12)
          return
        }
      }
    }
    // 16 of 100 cells at a time, for three rounds of four updates. The last 4 cells of a round complete it.
    #expect(parts == 21 && stepsSeen == [0, 4, 8, 12], "\(parts), \(stepsSeen)")
    #expect(unfinished.filter { $0 }.count == 18, "\(unfinished)")
  }

  @Test("A saved round with impossible numbers is refused")
  func damagedRound() throws {
    var fit = try GridFit(PictureSignal(image), Self.shape, seed: 1)
    var questions = 0
    Parallel.withThreadCount(1) {
      fit.advance(CellRound(count: 2, from: 1, of: 8)) {
        questions += 1
        return true
      }
    }
    #expect(questions == 1 && fit.isRoundUnfinished && fit.step == 0)
    let saved = fit.savedState
    for (name, value) in [
      ("round_count", 0.5), ("round_count", -1), ("round_count", 1e300), ("round_scale", 0),
      ("round_scale", -8), ("round_offset", .infinity), ("round_stride", .infinity),
    ] {
      var state = saved
      state.numbers[name] = value
      let isAccepted = fit.restore(state, step: 0, seconds: 0)
      #expect(!isAccepted, "\(name) \(value)")
    }
    var state = saved
    state.arrays["round_losses"]?[3] = -0.5
    let isNegativeAccepted = fit.restore(state, step: 0, seconds: 0)
    var short = saved
    short.arrays["round_losses"]?.removeLast()
    let isShortAccepted = fit.restore(short, step: 0, seconds: 0)
    #expect(!isNegativeAccepted && !isShortAccepted && fit.savedState == saved)
    let isSavedAccepted = fit.restore(saved, step: 0, seconds: 0)
    #expect(isSavedAccepted)
  }

  @Test("The fractions of a round")
  func fractions() {
    #expect(CellRound(count: 3, from: 5, of: 7).fractions == [5 / 7.0, 6 / 7.0, 1])
    #expect(CellRound(count: 2, from: 9.5, by: 0.25, of: 10).fractions == [0.95, 0.975])
    #expect(CellRound(count: 3, from: 9.5, by: 0.5, of: 10).fractions == [0.95, 1, 1])
    #expect(CellRound(count: 2, at: 0.02).fractions == [0.02, 0.02])
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
