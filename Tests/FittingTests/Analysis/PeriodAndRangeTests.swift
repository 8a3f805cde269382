import Fields
import Fitting
import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct PeriodStudyTests {
  @Test func ratiosOfWholeNumbersRepeatAfterTheirDenominator() {
    for (ratio, turns) in [(2.0, 1), (1.5, 2), (5.0 / 7, 7), (0, 1), (-0.25, 4)] {
      let study = PeriodStudy(ratio: ratio)
      let closest = study.closestRepetition(within: 100)
      #expect(closest.turns == turns, "ratio \(ratio)")
      #expect(closest.mismatch < 1e-9)
    }
  }

  @Test func irrationalRatiosComeCloseAtTheirConvergents() {
    let study = PeriodStudy(ratio: .pi)
    // 22/7 and 355/113 are the convergents of pi.
    #expect(study.closestRepetition(within: 100).turns == 7)
    #expect(study.closestRepetition(within: 1_000).turns == 113)
    #expect(study.closestRepetition(within: 1_000).mismatch > 1e-5)
  }

  @Test func theMismatchIsTheLargestDifference() {
    let study = PeriodStudy(ratio: 1.3, points: 4_000)
    let moved = study.coordinates.map { x in
      sin(x + 2 * Double.pi * 3) + sin(1.3 * (x + 2 * Double.pi * 3))
    }
    let largest = maximumDifference(study.sum, moved)
    #expect(abs(largest - study.mismatch(afterTurns: 3)) < 1e-4)
  }

  @Test func singlePrecisionMakesEveryRatioOneOfWholeNumbers() {
    #expect(PeriodStudy(ratio: 2).periodInSinglePrecision == 1)
    #expect(PeriodStudy(ratio: 0.75).periodInSinglePrecision == 4)
    // Float(pi) is 13176795 / 2^22.
    #expect(PeriodStudy(ratio: .pi).periodInSinglePrecision == 4_194_304)
    #expect(PeriodStudy(ratio: 0).periodInSinglePrecision == 1)
  }
}

@Suite struct RangeStudyTests {
  private func field(_ coordinates: Int, outputs: Int = 1) -> Siren {
    var random = Xoshiro256(seed: 5)
    return Siren(
      SirenArchitecture(
        coordinates: coordinates, hiddenWidth: 16, hiddenLayers: 1, outputs: outputs),
      random: &random)
  }

  @Test func theValuesAreTheFields() {
    let study = RangeStudy(of: field(2, outputs: 3), range: 10, size: 41)
    #expect(study.values.count == 41 * 41)
    let expected = field(2, outputs: 3).evaluate(at: [-10, 5]).value[0]
    #expect(abs(study.values[30] - expected) < 1e-5)
    #expect(study.moments.inside != nil && study.moments.outside != nil)
  }

  @Test func oneCoordinateIsALine() {
    let study = RangeStudy(of: field(1), range: 20, size: 401)
    #expect(study.axes == 1 && study.values.count == 401)
    #expect(study.closestLikeness?.place.count == 1)
  }

  @Test func aRepetitionIsFound() throws {
    // One sine layer of one unit whose period is 4: w omega = pi / 2.
    let architecture = SirenArchitecture(
      coordinates: 1, hiddenWidth: 1, hiddenLayers: 0, outputs: 1, omegaFirst: 1)
    var random = Xoshiro256(seed: 1)
    var periodic = Siren(architecture, random: &random)
    periodic.parameters.values = [.pi / 2, 0.3, 1, 0]
    let likeness = try #require(RangeStudy(of: periodic, range: 16, size: 321).closestLikeness)
    #expect(likeness.correlation > 0.9999)
    #expect(abs(likeness.place[0].truncatingRemainder(dividingBy: 4)) < 1e-6)
    let other = try #require(RangeStudy(of: field(2), size: 300).closestLikeness)
    #expect(other.correlation < 0.999)
  }

  @Test func aRangeWithinTheFitHasNothingOutside() {
    let study = RangeStudy(of: field(2), range: 1, size: 8)
    #expect(study.moments.outside == nil)
    #expect(study.closestLikeness == nil)
  }
}
