import DifferentiableCore
import Fields
import Fitting
import Foundation
import Numerics
import Signals
import TestSupport
import Testing

@Suite struct FieldFitTests {
  private let architecture = SirenArchitecture(hiddenWidth: 16, hiddenLayers: 1, outputs: 3)
  private let image = Image.pattern(width: 12, height: 10, channels: 3)

  private func fitted(
    _ image: Image? = nil, steps: Int, seed: UInt64 = 1, batch: Int? = 64
  ) throws -> FieldFit {
    var settings = FitSettings.standard
    settings.batchSize = batch
    settings.learningRate = 1e-3
    var fit = FieldFit(SampleObjective(image ?? self.image), architecture, settings, seed: seed)
    for step in 0..<steps { try fit.advance(progress: Double(step) / Double(steps)) }
    return fit
  }

  @Test func fittingBringsThePictureCloser() throws {
    let error = { (fit: FieldFit) in
      Quality.meanSquaredError(
        FieldRenderer.image(of: fit.field, width: 12, height: 10), image)
    }
    #expect(try error(fitted(steps: 200)) < 0.5 * error(fitted(steps: 0)))
  }

  @Test func oneSeedGivesOneResultWithAnyNumberOfThreads() throws {
    // A batch of several tiles, so that there is something to share.
    let large = Image.pattern(width: 60, height: 50, channels: 3)
    let field = try expectSameResult { try fitted(large, steps: 10, batch: 2_000).field }
    #expect(try fitted(large, steps: 10, seed: 2, batch: 2_000).field != field)
  }

  @Test func allPixelsAreTakenWithoutABatch() throws {
    #expect(try fitted(steps: 5, batch: nil).field == fitted(steps: 5, batch: 10_000).field)
  }

  @Test func aBatchHasOnePointOfEachPart() {
    let points = PointBatch(size: 10, seed: 3, step: 2).points(of: 25)
    #expect(points?.count == 10)
    #expect(points == points?.sorted() && points?.allSatisfy { (0..<25).contains($0) } == true)
    #expect(points != PointBatch(size: 10, seed: 3, step: 3).points(of: 25))
    // Every point comes up, and about equally often.
    var counts = [Int](repeating: 0, count: 25)
    for step in 0..<2_000 {
      for point in PointBatch(size: 10, seed: 3, step: step).points(of: 25) ?? [] {
        counts[point] += 1
      }
    }
    #expect(counts.allSatisfy { abs($0 - 800) < 120 }, "\(counts)")
    #expect(PointBatch(size: 30).points(of: 25) == nil)
  }

  @Test func theLossIsTheMeanSquaredErrorInItsOwnUnits() throws {
    let objective = SampleObjective(image)
    let field = try fitted(steps: 3).field
    let loss = objective.lossGradient(of: field, PointBatch()).loss
    let values = field.evaluate(at: CoordinateGrid.points(height: 10, width: 12)).value
    let truth = image.values.map { 2 * $0 - 1 }
    expectClose(
      actual: loss, expected: Quality.meanSquaredError(values, truth), relative: 1e-5)
    // PSNR is on 0...1, where errors are half as large.
    expectClose(
      actual: objective.decibels(ofLoss: 0.04), expected: 20, absolute: 1e-9)
  }

  @Test func aDivergingFitRestartsWithASmallerLearningRate() throws {
    var settings = FitSettings.standard
    settings.batchSize = nil
    settings.learningRate = 1
    settings.schedule = .constant
    var fit = FieldFit(SampleObjective(image), architecture, settings, seed: 1)
    var rates: [Float] = []
    for _ in 0..<900 {
      if let rate = try fit.advance(progress: 0).restartedWith { rates.append(rate) }
    }
    #expect(!rates.isEmpty && rates == rates.indices.map { pow(0.25, Float($0 + 1)) })
    let error = Quality.meanSquaredError(
      FieldRenderer.image(of: fit.field, width: 12, height: 10), image)
    #expect(fit.objective.decibels(ofLoss: fit.objective.constantLoss) < -10 * log10(error))
  }

  @Test func aFitThatCannotBeSavedThrows() throws {
    var settings = FitSettings.standard
    settings.learningRate = 1e30
    var fit = FieldFit(SampleObjective(image), architecture, settings, seed: 1)
    let error = #expect(throws: FitError.self) {
      for _ in 0..<100 { try fit.advance(progress: 0) }
    }
    #expect(error.map { "\($0)".contains("--learning-rate") } == true)
  }

  @Test func aSoundIsFittedByItsShape() throws {
    let samples = (0..<400).map { Float(sin(Double($0) * 0.11)) * 0.2 }
    let sound = AudioSignal(sampleRate: 800, channels: 2, samples: samples)
    let shape = SirenArchitecture(
      coordinates: 1, hiddenWidth: 16, hiddenLayers: 1, outputs: 2, omegaFirst: 60)
    var fit = FieldFit(try SampleObjective(sound), shape, .standard, seed: 1)
    for step in 0..<300 { try fit.advance(progress: Double(step) / 300) }
    let rendered = FieldRenderer.sound(
      of: fit.field,
      .init(original: 200, originalRate: 800, sampleRate: 800, frames: 200), peak: sound.peak)
    #expect(rendered.sampleRate == 800 && rendered.channels == 2)
    #expect(AudioQuality(of: rendered.samples, comparedWith: samples).snr > 10)
    let silent = AudioSignal(sampleRate: 8, channels: 1, samples: [0, 0, 0])
    #expect(throws: FitError.silence) { try SampleObjective(silent) }
  }

  @Test func theNetworkFollowsTheSizeOfTheSignal() {
    #expect(SirenArchitecture.omegaFirst(forSamples: 308_207) == 15_000)
    #expect(SirenArchitecture.omegaFirst(forSamples: 100) == 30)
    #expect(SirenArchitecture.omegaFirst(forSamples: 1 << 40) == 60_000)
    #expect(SirenArchitecture.omegaFirst(forSide: 256) == 160)
    #expect(SirenArchitecture.omegaFirst(forSide: 1) == 30)
    let small = SirenArchitecture.standard(for: .image(width: 256, height: 200, channels: 3))
    #expect(small.hiddenWidth == 192 && small.hiddenLayers == 2 && small.omegaFirst == 160)
    let large = SirenArchitecture.standard(for: .image(width: 300, height: 640, channels: 1))
    #expect(large.hiddenWidth == 256 && large.omegaFirst == 400 && large.omegaHidden == 30)
    let differences = SirenArchitecture.differences(for: .image(width: 9, height: 9, channels: 3))
    #expect(differences.hiddenWidth == 192 && differences.hiddenLayers == 3)
    #expect(differences.omegaFirst == 30 && differences.outputs == 3)
    let sound = FittedSignal.audio(sampleRate: 44_100, frames: 308_207, channels: 1, peak: 1)
    let notebook = SirenArchitecture.notebook(for: sound)
    #expect(notebook.hiddenWidth == 256 && notebook.hiddenLayers == 3)
    #expect(notebook.omegaFirst == 3_000 && notebook.coordinates == 1)
  }

  @Test func aFirstLayerOfHighFrequenciesMovesLess() throws {
    let image = Image(width: 8, height: 8, channels: 1, values: (0..<64).map { Float($0) / 63 })
    let shape = SirenArchitecture(hiddenWidth: 8, hiddenLayers: 1, omegaFirst: 300)
    let moves = try [Float.infinity, 30].map { scale -> [Float] in
      var settings = FitSettings.standard
      settings.firstLayerScale = scale
      var fit = FieldFit(SampleObjective(image), shape, settings, seed: 1)
      let start = fit.field.parameters.values
      try fit.advance(progress: 0.5)
      return pairs(fit.field.parameters.values, start).map { $0 - $1 }
    }
    let first = (2 + 1) * 8
    for index in moves[0].indices {
      let expected = index < first ? 0.1 * moves[0][index] : moves[0][index]
      #expect(abs(moves[1][index] - expected) < 1e-6)
    }
    #expect(moves[0][0] != 0)
  }

  @Test func aGoalDecidesHowLongTheLearningRateFalls() {
    // A goal of 5.5 dB more gets twice the time.
    #expect(GoalSchedule(goal: 36, limit: nil).length == 4.4)
    #expect(abs(GoalSchedule(goal: 47, limit: nil).length - 17.6) < 1e-9)
    #expect(GoalSchedule(goal: 90, limit: nil).length == 40)
    var schedule = GoalSchedule(goal: 36, limit: 60)
    #expect(schedule.fraction(at: 0, decibels: -.infinity) == 0)
    #expect(schedule.fraction(at: 2.2, decibels: 20) == 0.5)
    // 11 dB are missing: two doublings, and a third more.
    #expect(schedule.fraction(at: 4.4, decibels: 25) == 0)
    #expect(abs(schedule.length - 4.4 * 5.4) < 1e-9)
    #expect(abs(schedule.fraction(at: 4.4 + 2.2 * 5.4, decibels: 30) - 0.5) < 1e-9)
    // Near the goal the learning rate is smaller and falls sooner, which keeps what was learned.
    #expect(schedule.fraction(at: 29, decibels: 35.9) == 0.6)
    #expect(abs(schedule.length - 0.6 * 4.4 * 5.4) < 1e-9)
    // The rest of the time is too short for another fall.
    #expect(schedule.fraction(at: 44, decibels: 31) == 0.5)
    #expect(schedule.length == 60 - 44)
    #expect(schedule.fraction(at: 52, decibels: 35.9) == 0.75)
    #expect(schedule.fraction(at: 60, decibels: 35.9) == 1)
    // A first fall that shows nothing yet is followed by the longest.
    var lost = GoalSchedule(goal: 36, limit: nil)
    _ = lost.fraction(at: 4.4, decibels: -.infinity)
    #expect(abs(lost.length - 8 * 4.4) < 1e-9)
    // Little time is one fall.
    var short = GoalSchedule(goal: 45, limit: 2)
    #expect(short.fraction(at: 1, decibels: 20) == 0.5)
    #expect(short.fraction(at: 2, decibels: 20) == 1)
  }

  @Test func runsEndAtTheirLimits() throws {
    var ticks = 0.0
    let clock = { () -> Double in
      ticks += 0.01
      return ticks
    }
    var fit = try fitted(steps: 0)
    let steps = try fit.run(
      FitLimits(steps: 7), clock: clock, each: { progress, _ in #expect(progress.fraction <= 1) })
    #expect(steps.ending == .completed && fit.step == 7)
    let stopped = try fit.run(
      FitLimits(seconds: 100), clock: clock, shouldStop: { ticks > 1 })
    #expect(stopped.ending == .stopped)
    var measured: [Double?] = []
    let reached = try fit.run(
      FitLimits(goal: FitGoal(decibels: 1) { _ in 20 }), clock: clock,
      each: { progress, _ in measured.append(progress.validation) })
    #expect(reached.ending == .reached && measured.last == 20)
    let timed = try fit.run(FitLimits(seconds: 0.5), clock: clock)
    #expect(timed.ending == .completed && abs(timed.seconds - 0.5) < 0.1)
  }
}
