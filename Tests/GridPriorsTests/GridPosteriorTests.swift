import GridPriors
import ImagePriors
import Numerics
import Signals
import TestSupport
import Testing

/// Variances, points to measure and random pictures.
@Suite("Posterior of a grid prior") struct GridPosteriorTests {
  private let prior = TinyGrid.prior()
  private let picture = TinyGrid.picture(width: 31, height: 26, channels: 3)

  private func posterior(
    _ points: PixelObservations, withUncertainty: Bool = true
  ) throws -> any ImagePosterior {
    try #require(prior.posteriors()).posterior(
      points, width: 31, height: 26, withUncertainty: withUncertainty)
  }

  @Test("The mean is the restored picture, and has no network of its own")
  func mean() throws {
    let points = TinyGrid.observations(of: picture, count: 60)
    let posterior = try posterior(points)
    let restored = try prior.inpaint(points, width: 31, height: 26)
    #expect(posterior.image(width: 31, height: 26) == restored.rendered)
    #expect(posterior.network == nil)
    let whole = posterior.inpainting(points, width: 31, height: 26)
    #expect(whole.field == nil && whole.pasted == restored.pasted)
    let large = posterior.image(width: 62, height: 52)
    #expect((large.width, large.height, large.channels) == (62, 52, 3))
  }

  @Test("Variances are those of the estimate at every size")
  func variances() throws {
    let mask = PixelMask.random(width: 31, height: 26, keeping: 60, seed: 1)
    let posterior = try posterior(mask.observations(of: picture))
    let variance = try posterior.variance(width: 31, height: 26)
    let deviations = try prior.estimate(
      mask.observations(of: picture), width: 31, height: 26, withDeviations: true
    ).deviations
    #expect(variance == deviations.map { $0 * $0 })
    #expect(try posterior.variance(width: 15, height: 13).count == 15 * 13 * 3)
    // A factor on the deviations is a factor on all of them.
    var other = prior
    other.calibration = try #require(
      DeviationCalibration(logarithms: [0], factors: [2 * prior.calibration.factors[0]]))
    let wide = try other.estimate(
      mask.observations(of: picture), width: 31, height: 26, withDeviations: true
    ).deviations
    expectClose(actual: wide, expected: deviations.map { 2 * $0 }, relative: 1e-5)
  }

  @Test("Equal observations leave the other values uncertain", arguments: [Float(0), 0.5, 1])
  func equalObservations(value: Float) throws {
    let flat = Image(
      width: 31, height: 26, channels: 3, values: [Float](repeating: value, count: 31 * 26 * 3))
    for count in [1, 10, 400] {
      let mask = PixelMask.random(width: 31, height: 26, keeping: count, seed: 1)
      let posterior = try posterior(mask.observations(of: flat))
      #expect(posterior.image(width: 31, height: 26) == flat)
      let variance = try posterior.variance(width: 31, height: 26)
      // 1/3 or 1/12 is the mean square of the distance from a uniform value in 0...1.
      let expected = (value == 0.5 ? 1 / 12 : 1 / 3) / Float(count + 2)
      for pixel in 0..<31 * 26 {
        let wanted = mask.observed[pixel] ? 0 : expected
        #expect(abs(variance[3 * pixel] - wanted) <= 1e-6 * wanted)
      }
    }
  }

  @Test("Proposed points are open, keep a distance and are uncertain")
  func nextPoints() throws {
    let mask = PixelMask.random(width: 31, height: 26, keeping: 60, seed: 1)
    let posterior = try posterior(mask.observations(of: picture))
    let next = try posterior.nextPoints(12, excluding: mask)
    #expect(next.count == 12)
    #expect(next.allSatisfy { !mask.observed[$0.row * 31 + $0.column] })
    let variance = try posterior.variance(width: 31, height: 26)
    let all = variance.reduce(0, +) / Float(variance.count)
    let own =
      next.reduce(0 as Float) { sum, point in
        let start = (point.row * 31 + point.column) * 3
        return sum + variance[start..<start + 3].reduce(0, +)
      } / 36
    #expect(own > all)
  }

  @Test("Random pictures keep what is known and vary as predicted elsewhere")
  func pictures() throws {
    let mask = PixelMask.random(width: 31, height: 26, keeping: 200, seed: 1)
    let points = mask.observations(of: picture)
    let posterior = try posterior(points)
    let drawn = try posterior.pictures(400, seed: 3, width: 31, height: 26)
    let estimate = try prior.estimate(points, width: 31, height: 26, withDeviations: true)
    var (seen, predicted) = (0.0, 0.0)
    for place in picture.values.indices {
      let mean = estimate.image.values[place]
      let deviation = estimate.deviations[place]
      if mask.observed[place / 3] {
        #expect(drawn.allSatisfy { $0.values[place] == min(1, max(0, mean)) })
      } else if mean > 5 * deviation, mean < 1 - 5 * deviation {
        // Away from the limits, so that nothing is clipped.
        let squares = drawn.reduce(0.0) { sum, picture in
          let difference = Double(picture.values[place] - mean)
          return sum + difference * difference
        }
        seen += squares / Double(drawn.count)
        predicted += Double(deviation) * Double(deviation)
      }
    }
    #expect(predicted > 0 && abs(seen / predicted - 1) < 0.05, "\(seen) and \(predicted)")
    #expect(try posterior.pictures(3, seed: 3, width: 31, height: 26) == Array(drawn.prefix(3)))
    #expect(try posterior.pictures(1, seed: 4, width: 31, height: 26)[0] != drawn[0])
    #expect(try posterior.pictures(0, seed: 3, width: 31, height: 26).isEmpty)
    #expect(try posterior.pictures(1, seed: 3, width: 10, height: 9)[0].width == 10)
  }

  @Test("Random pictures of a few pixels", arguments: [(1, 1), (3, 2), (1, 40), (7, 3)])
  func smallPictures(size: (Int, Int)) throws {
    let (width, height) = size
    let points = PixelObservations(
      channels: 1, positions: [0, 0, Float(height - 1), Float(width - 1)],
      values: [0.4, 0.6])
    let posterior = try #require(prior.posteriors()).posterior(
      points, width: width, height: height, withUncertainty: true)
    for picture in try posterior.pictures(3, seed: 1, width: width, height: height) {
      #expect(picture.values.count == width * height)
      #expect(picture.values.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("Without uncertainty there are no variances, points or pictures")
  func without() throws {
    let points = TinyGrid.observations(of: picture, count: 20)
    let posterior = try posterior(points, withUncertainty: false)
    let mask = PixelMask.random(width: 31, height: 26, keeping: 20, seed: 1)
    #expect(throws: PriorError.withoutUncertainty) { try posterior.variance(width: 31, height: 26) }
    #expect(throws: PriorError.withoutUncertainty) {
      try posterior.nextPoints(1, excluding: mask)
    }
    #expect(throws: PriorError.withoutUncertainty) {
      try posterior.pictures(1, seed: 1, width: 31, height: 26)
    }
  }
}
