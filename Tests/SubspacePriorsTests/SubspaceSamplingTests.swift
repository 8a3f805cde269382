import Foundation
import ImagePriors
import PriorTestSupport
import Signals
import SubspacePriors
import TestSupport
import Testing

@Suite("Pictures drawn from the prior of components") struct SubspaceSamplingTests {
  private let nothing = PixelObservations(channels: 3, positions: [], values: [])

  private func picture(_ index: Int) -> Image {
    Image(
      width: 8, height: 8, channels: 3,
      values: SmoothPictures(count: index + 1, seed: 3).values(at: index))
  }

  /// Mean and variance of each value over drawn pictures, not clipped.
  private func moments(
    _ posterior: SubspacePosterior, count: Int
  ) throws -> (mean: [Double], variance: [Double]) {
    let coordinates = CoordinateGrid.points(height: 8, width: 8)
    let drawn = try posterior.samples(count, seed: 6).map { field in
      field.evaluate(at: coordinates).value.map { (Double($0) + 1) / 2 }
    }
    let mean = drawn[0].indices.map { place in
      drawn.reduce(0) { $0 + $1[place] } / Double(count)
    }
    let variance = mean.indices.map { place in
      drawn.reduce(0) { $0 + pow($1[place] - mean[place], 2) } / Double(count)
    }
    return (mean, variance)
  }

  @Test(
    "Samples spread around the mean as the variance says",
    arguments: [(2, false), (2, true), (8, true)])
  func spread(points: Int, isGaussian: Bool) throws {
    let learned = try LearnedPrior.prior.get()
    let prior = isGaussian ? learned.gaussian : learned
    let seen = RandomContext.observations(of: picture(0), imageIndex: 0, count: points, seed: 5)
    let posterior = try prior.posterior(seen, width: 8, height: 8)
    let (mean, variance) = try moments(posterior, count: 600)
    // The variance includes a measurement's noise, 1e-3, the pictures do not; the mixture's factor
    // also multiplies the noise, which matters little where the rest is large.
    let expected = try posterior.variance(width: 8, height: 8).map { Double($0) - 1e-3 }
    let centre = posterior.field.evaluate(at: CoordinateGrid.points(height: 8, width: 8)).value
      .map { (Double($0) + 1) / 2 }
    let (drawn, said) = (variance.reduce(0, +), expected.reduce(0, +))
    #expect(abs(drawn / said - 1) < 0.15, "drawn \(drawn), said \(said)")
    for place in mean.indices {
      #expect(abs(mean[place] - centre[place]) < 5 * (expected[place] / 600).squareRoot() + 1e-3)
    }
  }

  @Test("Without observations samples resemble the collection")
  func unconditioned() throws {
    let prior = try LearnedPrior.prior.get()
    let (mean, variance) = try moments(
      prior.posterior(nothing, width: 8, height: 8), count: 600)
    let pictures = SmoothPictures(count: 300, seed: 1)
    let collection = (0..<300).map { pictures.values(at: $0).map(Double.init) }
    var spread = 0.0
    for place in mean.indices {
      let centre = collection.reduce(0) { $0 + $1[place] } / 300
      let own = collection.reduce(0) { $0 + pow($1[place] - centre, 2) } / 300
      #expect(abs(mean[place] - centre) < 5 * (own / 600).squareRoot() + 1e-3)
      spread += own
    }
    #expect(abs(variance.reduce(0, +) / spread - 1) < 0.15)
  }

  @Test("Samples agree with the observations and depend on the seed")
  func observed() throws {
    let prior = try LearnedPrior.prior.get()
    let seen = RandomContext.observations(of: picture(1), imageIndex: 0, count: 12, seed: 5)
    let posterior = try prior.posterior(seen, width: 8, height: 8)
    let coordinates = CoordinateGrid.points(of: seen, height: 8, width: 8)
    let drawn = try posterior.samples(20, seed: 1)
    var squares = 0.0
    for field in drawn {
      for (value, wanted) in pairs(field.evaluate(at: coordinates).value, seen.values) {
        squares += pow((Double(value) + 1) / 2 - Double(wanted), 2)
      }
    }
    // The prior's noise is 1e-3.
    #expect(squares / Double(20 * seen.values.count) < 3e-3)
    #expect(try posterior.samples(3, seed: 1) == Array(drawn.prefix(3)))
    #expect(try posterior.samples(1, seed: 2)[0] != drawn[0])
    #expect(try posterior.samples(0, seed: 1).isEmpty)
  }
}
