import Foundation
import Numerics
import Signals
import Testing

@Suite struct HistogramTests {
  private func normals(_ count: Int, seed: UInt64) -> [Float] {
    var random = Xoshiro256(seed: seed)
    return (0..<count).map { _ in Float(random.normal()) }
  }

  @Test func numbersFallIntoTheirBins() {
    let histogram = Histogram([-1, -0.999, 0, 0.001, 0.5, 1])
    // A number on an edge belongs to the bin above it, so the range reaches to the next power of 2.
    #expect(histogram.exponent == 1)
    #expect(histogram.binWidth == 4.0 / 512)
    #expect(histogram.counts[128] == 2)
    #expect(histogram.counts[256] == 2)
    #expect(histogram.counts[320] == 1)
    #expect(histogram.counts[384] == 1)
    #expect(histogram.total == 6)
    #expect(histogram.edges.first == -2 && histogram.edges.last == 2)
    #expect(abs(histogram.densities.reduce(0, +) * histogram.binWidth - 1) < 1e-12)
    #expect(histogram.cumulative.last == 1)
  }

  @Test func momentsAreThoseOfTheNumbers() {
    let histogram = Histogram([1, 2, 3, 6])
    #expect(histogram.mean == 3)
    #expect(abs(histogram.deviation - 3.5.squareRoot()) < 1e-12)
    #expect(histogram.support.map { $0.lowerBound <= 1 && $0.upperBound >= 6 } == true)
  }

  @Test func partsAddUpToTheWholeInAnyOrder() {
    let values =
      normals(1_000, seed: 1) + [100, -3e-5, 0] + normals(500, seed: 2).map { $0 * 1e-6 }
    let whole = Histogram(values)
    for size in [7, 100, 1_499] {
      let parts = stride(from: 0, to: values.count, by: size).map {
        Histogram(Array(values[$0..<min(values.count, $0 + size)]))
      }
      for order in [parts, parts.reversed()] {
        var sum = Histogram()
        for part in order { sum.merge(part) }
        #expect(sum.counts == whole.counts, "parts of \(size)")
        #expect(sum.exponent == whole.exponent)
      }
    }
  }

  @Test func emptyZeroAndHostileNumbers() {
    #expect(Histogram([]).total == 0)
    #expect(Histogram([]).support == nil)
    let zeros = Histogram([0, 0, -0.0])
    #expect(zeros.total == 3 && zeros.deviation == 0)
    let hostile = Histogram([
      .nan, .infinity, -.infinity, 1, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ])
    #expect(hostile.notFinite == 3)
    #expect(hostile.total == 3)
  }

  @Test func distancesToTheRightDistributionAreSmallAndToOthersAreNot() {
    let normal = Histogram(normals(100_000, seed: 3))
    #expect(normal.distance(to: .normal(deviation: 1)) < 0.01)
    // Normal distributions of deviations 1 and 2 differ most, by 0.161, at 1.36.
    #expect(abs(normal.distance(to: .normal(deviation: 2)) - 0.161) < 0.01)
    #expect(normal.distance(to: .arcsine) > 0.1)

    var random = Xoshiro256(seed: 4)
    let angles = (0..<100_000).map { _ in random.uniform(in: -10 * .pi...10 * .pi) }
    let sines = Histogram(angles.map { Float(sin(Double($0))) })
    #expect(sines.distance(to: .arcsine) < 0.01)

    #expect(normal.distance(to: Histogram(normals(100_000, seed: 5))) < 0.01)
    #expect(normal.distance(to: normal) == 0)
    let moved = Histogram(normals(100_000, seed: 5).map { $0 + 100 })
    #expect(normal.distance(to: moved) > 0.99)
    #expect(normal.distance(to: moved) == moved.distance(to: normal))
  }

  @Test func cumulativeSharesAreTheIntegralsOfTheDensities() {
    for distribution in [Distribution.normal(deviation: 0.7), .arcsine] {
      let steps = 20_000
      let (low, high) = (-0.9, 0.8)
      let width = (high - low) / Double(steps)
      let integral = (0..<steps).reduce(0.0) {
        $0 + distribution.density(at: low + (Double($1) + 0.5) * width) * width
      }
      let difference = distribution.cumulative(at: high) - distribution.cumulative(at: low)
      #expect(abs(integral - difference) < 1e-6)
    }
  }
}
