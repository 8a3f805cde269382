import CKernels
import DifferentiableCore
import Fields
import Fitting
import Foundation
import Numerics
import Signals
import TestSupport
import Testing
import Training

@Suite("Fitting grids") struct GridFitTests {
  /// Waves of about ten pixels.
  private static let picture: Image = {
    var image = Image(width: 40, height: 33, channels: 3)
    for row in 0..<33 {
      for column in 0..<40 {
        for channel in 0..<3 {
          let phase = 0.6 * Double(column) + Double(channel)
          image[row, column, channel] = Float(0.5 + 0.4 * sin(phase) * cos(0.5 * Double(row)))
        }
      }
    }
    return image
  }()
  private static let shape = GridShape(
    cells: [2, 3], overlap: 1,
    architecture: SirenArchitecture(
      hiddenWidth: 12, hiddenLayers: 1, outputs: 3, omegaFirst: 8))

  private func fitted(steps: Int, seed: UInt64 = 1) throws -> GridFit {
    var fit = try GridFit(PictureSignal(Self.picture), Self.shape, seed: seed)
    _ = try fit.run(FitLimits(steps: steps))
    return fit
  }

  @Test("A picture is fitted, and the estimated quality is near the measured one")
  func picture() throws {
    let fit = try fitted(steps: 400)
    #expect(fit.step == 400)
    let found = FieldRenderer.image(of: fit.field, width: 40, height: 33)
    let quality = ImageQuality(of: found, comparedWith: Self.picture)
    #expect(quality.psnr > 35, "\(quality.psnr)")
    #expect(abs(fit.decibels - quality.psnr) < 3, "\(fit.decibels), measured \(quality.psnr)")
  }

  @Test("A field depends on the seed and not on the number of threads")
  func threads() throws {
    let field = try expectSameResult { try fitted(steps: 12).field }
    #expect(field != (try fitted(steps: 12, seed: 2).field))
  }

  @Test(
    "Several updates in one call equal single updates by the plain gradient and Adam",
    arguments: Array(0...Int(ck_instruction_level())), [2, 5])
  func kernel(level: Int, outputs: Int) throws {
    let shape = SirenArchitecture(
      coordinates: 2, hiddenWidth: 7, hiddenLayers: 1, outputs: outputs, omegaFirst: 5)
    var random = Xoshiro256(seed: 3)
    let siren = Siren(shape, random: &random)
    let (points, pieces) = (230, 2)
    let coordinates = (0..<2 * points).map { _ in random.uniform(in: -1...1) }
    let targets = (0..<outputs * points).map { _ in random.uniform(in: -1...1) }
    let samples = CellSamples(
      coordinates: coordinates, targets: targets, points: points, pieces: pieces)
    let rates = [1e-3, 2e-3, 3e-3]

    let fused = try #require(
      FusedField(
        coordinates: 2, widths: [7, 7, outputs], omegas: [5, 30, nil], level: level))
    let count = shape.parameterCount
    // The second of three networks; the others must stay as they are.
    var all =
      [Float](repeating: 0.5, count: count) + siren.parameters.values
      + [Float](repeating: 0.5, count: count)
    var (first, second) = (
      [Float](repeating: 0, count: 3 * count), [Float](repeating: 0, count: 3 * count)
    )
    let loss = all.withUnsafeMutableBufferPointer { p in
      first.withUnsafeMutableBufferPointer { m in
        second.withUnsafeMutableBufferPointer { v -> Double in
          guard let p = p.baseAddress, let m = m.baseAddress, let v = v.baseAddress else {
            return .nan
          }
          return fused.descend(
            p, m, v, at: 1, on: samples, firstUpdate: 1,
            updates: AdamSchedule(
              beta1: 0.9, beta2: 0.99, epsilon: 1e-8, updatesBefore: 0, learningRates: rates),
            in: CellWorkspace(fused))
        }
      }
    }

    var plain = siren
    var adam = Adam(parameterCount: count, settings: .init(beta2: 0.99))
    var losses: [Double] = []
    for (update, rate) in rates.enumerated() {
      let piece = (1 + update) % pieces
      let (begin, end) = (piece * points / pieces, (piece + 1) * points / pieces)
      let own = plain.plainLossGradient(
        pointCount: end - begin, derivatives: .none,
        coordinates: {
          Array(coordinates[2 * (begin + $0.lowerBound)..<2 * (begin + $0.upperBound)])
        },
        loss: { block, slope in
          var sum = 0.0
          for index in block.value.indices {
            let error =
              block.value[index] - targets[outputs * (begin + block.points.lowerBound) + index]
            slope.value[index] = 2 * error / Float(outputs * (end - begin))
            sum += Double(error * error) / Double(outputs * (end - begin))
          }
          return sum
        })
      losses.append(own.loss)
      adam.update(&plain.parameters.values, gradient: own.gradient, learningRate: rate)
    }
    #expect(abs(loss - (losses[1] + losses[2]) / 2) < 1e-5)
    expectClose(
      actual: Array(all[count..<2 * count]), expected: plain.parameters.values, absolute: 2e-5)
    #expect(all[..<count].allSatisfy { $0 == 0.5 } && all[(2 * count)...].allSatisfy { $0 == 0.5 })
  }

  @Test("A run ends at its number of steps, its time, its quality or when it is stopped")
  func limits() throws {
    let started = ContinuousClock.now
    let clock = { (ContinuousClock.now - started) / .seconds(1) }
    var fit = try GridFit(PictureSignal(Self.picture), Self.shape, seed: 1)
    var seen: [FitProgress] = []
    let timed = try fit.run(
      FitLimits(seconds: 0.5), clock: clock, each: { progress, _ in seen.append(progress) })
    #expect(timed.ending == .completed && timed.seconds >= 0.5)
    #expect(seen.count > 5 && seen.map(\.step) == seen.map(\.step).sorted())
    #expect(seen.last?.fraction == 1)

    fit = try GridFit(PictureSignal(Self.picture), Self.shape, seed: 1)
    let limits = FitLimits(
      goal: FitGoal(decibels: 25) {
        ImageQuality(
          of: FieldRenderer.image(of: $0, width: 40, height: 33), comparedWith: Self.picture
        ).psnr
      })
    let goal = try fit.run(limits, clock: clock)
    #expect(goal.ending == .reached && goal.seconds < GoalSchedule.patience)

    let before = fit.step
    let stopped = try fit.run(FitLimits(steps: 10), shouldStop: { true })
    #expect(stopped.ending == .stopped && fit.step == before)
  }

  /// The rounds of a run towards a quality that is never reached, after four updates that measured the speed.
  ///
  /// - Parameter speed: the updates per second at a time.
  private func rounds(seconds: Double, speed: (Double) -> Double) -> [(start: Int, CellRound)] {
    var cycles = CellCycles(from: 0, until: seconds)
    var (step, rate) = (4, speed(0))
    var elapsed = 4 / rate
    var rounds: [(start: Int, CellRound)] = []
    while elapsed < seconds {
      let round = cycles.round(after: step, at: elapsed, rate: rate, most: nil)
      rounds.append((step, round))
      rate = speed(elapsed)
      step += round.count
      elapsed += Double(round.count) / rate
      _ = cycles.hasEnded(after: step, at: elapsed)
    }
    return rounds
  }

  @Test(
    "The last decay towards a quality ends with the time",
    arguments: [
      (0.5, 100.0, 100.0), (1, 100, 100), (10, 100, 100), (300, 1_000, 1_000), (10, 100, 40),
    ])
  func lastDecay(seconds: Double, speed: Double, later: Double) throws {
    // The speed changes in the middle of a decay.
    let rounds = rounds(seconds: seconds) { $0 < 4 ? speed : later }
    let fractions = rounds.flatMap { $0.1.fractions }
    #expect(try #require(fractions.last) > 0.95)
    // A decay needs half the updates of the previous one to return to where that one ended.
    let starts = rounds.filter { $0.1.fractions[0] == 0 }.map(\.start)
    let lengths = zip(starts, starts.dropFirst() + [4 + fractions.count]).map { $1 - $0 }
    #expect(zip(lengths, lengths.dropFirst()).allSatisfy { $0 <= 2 * $1 }, "\(lengths)")
  }

  @Test("Decays towards a quality have twice the length each while there is time")
  func decays() {
    let rounds = rounds(seconds: 100) { _ in 100 }
    #expect(
      rounds.filter { $0.1.fractions[0] == 0 }.map(\.start) == [96, 288, 672, 1_440, 2_976, 6_048])
    #expect(rounds[0].1 == CellRound(count: 25, from: 4, of: 96))
  }

  @Test("A parameter budget is used and not exceeded")
  func budget() throws {
    let signal = FittedSignal.image(width: 768, height: 512, channels: 3)
    for parameters in [20_000, 100_000, 560_000] {
      let shape = try GridShape.within(parameters, for: signal)
      #expect(shape.parameterCount <= parameters)
      #expect(Double(shape.parameterCount) > 0.8 * Double(parameters), "\(shape.cells)")
    }
    #expect(GridShape.standard(for: signal).parameterCount <= 560_000)
    #expect(!GridShape.suits(.image(width: 40, height: 30, channels: 3)))
    #expect(GridShape.suits(.image(width: 256, height: 256, channels: 1)))
  }

  @Test("A model of another signal is refused")
  func otherSignal() throws {
    let field = try fitted(steps: 1).field
    let other = Image.pattern(width: 41, height: 33, channels: 3)
    #expect(throws: GridFitError.self) {
      try GridFit(PictureSignal(other), startingFrom: field, seed: 1)
    }
  }
}
