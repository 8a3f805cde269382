import InpaintingEvaluation
import Interpolation
import PriorTestSupport
import Signals
import Testing

@Suite("Where to measure") struct ActiveEvaluationTests {
  private func pictures(_ count: Int) -> [Image] {
    let source = SmoothPictures(count: count, seed: 9)
    return (0..<count).map {
      Image(width: 8, height: 8, channels: 3, values: source.values(at: $0))
    }
  }

  @Test("Proposed points are worth more random ones, from a common start")
  func proposals() throws {
    let study = try ActiveEvaluation(
      posteriors: try #require(try LearnedPrior.prior.get().posteriors()), pictures: pictures(12),
      counts: [8, 4, 4, 2, 100],
      start: 2, seed: 3)
    #expect(study.images == 12 && study.mostRandomPoints == 32)
    #expect(study.rows.map(\.points) == [2, 4, 8])
    #expect(study.rows[0].mseRandom == study.rows[0].mseProposed)
    #expect(study.rows[0].randomNeeded == 2)
    for row in study.rows.dropFirst() {
      #expect(row.mseProposed < row.mseRandom, "\(row)")
      #expect((row.randomNeeded ?? 100) > Double(row.points), "\(row)")
    }
  }

  @Test("The result depends on the seed")
  func seeds() throws {
    let posteriors = try #require(try LearnedPrior.prior.get().posteriors())
    let study = { (seed: UInt64) in
      try ActiveEvaluation(
        posteriors: posteriors, pictures: pictures(3), counts: [6], start: 3, seed: seed)
    }
    #expect(try study(1) == study(1))
    #expect(try study(1) != study(2))
  }

  @Test("With all pixels measured the error is 0")
  func everything() throws {
    let study = try ActiveEvaluation(
      posteriors: try #require(try LearnedPrior.prior.get().posteriors()), pictures: pictures(1),
      counts: [64], start: 60,
      seed: 1)
    #expect(study.rows.map(\.points) == [60, 64])
    #expect(study.rows[1].mseProposed == 0 && study.rows[1].mseRandom == 0)
    #expect(study.rows[1].randomNeeded == 64)
  }

  @Test("Between two numbers of points the error is interpolated in logarithms")
  func interpolation() throws {
    let curve: [(points: Int, error: Double)] = [(10, 0.1), (40, 0.025), (80, 0.025), (160, 0)]
    let needed = { ActiveEvaluation.pointsNeeded(for: $0, on: curve) }
    #expect(needed(0.2) == 10 && needed(0.1) == 10)
    #expect(abs((needed(0.05) ?? 0) - 20) < 1e-9)
    #expect(abs((needed(0.025) ?? 0) - 40) < 1e-9)
    #expect(needed(0.01) == 160)
    #expect(ActiveEvaluation.pointsNeeded(for: 0.01, on: [(10, 0.1), (40, 0.02)]) == nil)
  }
}
