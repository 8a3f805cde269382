import Foundation
import ImagePriors
import InpaintingEvaluation
import Interpolation
import Numerics
import PriorTestSupport
import Signals
import SubspacePriors
import TestSupport
import Testing

@Suite("Subspace prior") struct SubspacePriorTests {
  private func test(_ index: Int) -> Image {
    Image(
      width: 8, height: 8, channels: 3,
      values: SmoothPictures(count: index + 1, seed: 3).values(at: index))
  }

  private func observations(_ picture: Image, _ count: Int, seed: UInt64 = 5) -> PixelObservations {
    RandomContext.observations(of: picture, imageIndex: 0, count: count, seed: seed)
  }

  @Test("Without neighbourhoods the posterior is Gaussian", arguments: [1, 5, 20])
  func gaussian(points: Int) throws {
    let prior = try LearnedPrior.prior.get().gaussian
    let pictures = SmoothPictures(count: 300, seed: 1)
    let formula = try GaussianPosterior(
      shape: PictureShape(width: 8, height: 8, channels: 3), pictureCount: 300,
      regularization: GaussianRegularization(noise: 1e-3, shrinkage: 0),
      picture: { pictures.values(at: $0) })
    let seen = observations(test(0), points)
    let expected = try formula.inpaint(seen, width: 8, height: 8)
    let posterior = try prior.posterior(seen, width: 8, height: 8)
    let image = posterior.image(width: 8, height: 8).pasting(seen)
    // The formula's covariance and the network's weights are in single precision.
    #expect(maximumDifference(image, expected.image) < 1e-4)
    let variance = try posterior.variance(width: 8, height: 8)
    // In the formula observed values are certain. The prior has the noise of a measurement there.
    let formulas = try #require(expected.variance)
    let hidden = formulas.indices.filter { formulas[$0] > 0 }
    #expect(variance.count == 192 && hidden.count == 3 * (64 - points))
    expectClose(
      actual: hidden.map { variance[$0] }, expected: hidden.map { formulas[$0] }, absolute: 1e-5,
      relative: 1e-3)
  }

  @Test("The variances of a large picture interpolate those of a small one")
  func largeVariance() throws {
    let posterior = try LearnedPrior.prior.get().posterior(
      observations(test(2), 9), width: 8, height: 8)
    // Every second and every fourth pixel of 29 are those of 15 and of 8; only 29x29 is interpolated.
    let large = try posterior.variance(width: 29, height: 29)
    for (size, step) in [(15, 2), (8, 4)] {
      let small = try posterior.variance(width: size, height: size)
      for row in 0..<size {
        for column in 0..<3 * size {
          let place = (step * row * 29 + step * (column / 3)) * 3 + column % 3
          #expect(abs(large[place] - small[row * size * 3 + column]) < 1e-6)
        }
      }
    }
    let wide = try posterior.variance(width: 57, height: 8)
    let square = try posterior.variance(width: 8, height: 8)
    #expect((0..<8).allSatisfy { abs(wide[8 * $0 * 3] - square[$0 * 3]) < 1e-6 })
  }

  @Test("The picture on a grid equals the rendered network", arguments: [(8, 8), (7, 12), (19, 5)])
  func grid(width: Int, height: Int) throws {
    let seen = observations(test(3), 20)
    let posterior = try LearnedPrior.prior.get().posterior(seen, width: 8, height: 8)
    let rendered = Inpainting(of: posterior.field, seen, width: width, height: height).rendered
    #expect(maximumDifference(posterior.image(width: width, height: height), rendered) < 1e-4)
  }

  @Test("Pictures restored together equal those restored one by one", arguments: [1, 9, 64])
  func sideBySide(points: Int) throws {
    let prior = try LearnedPrior.prior.get().gaussian
    let mask = PixelMask.random(width: 8, height: 8, keeping: points, seed: 6)
    let context = try ResidualContext(prior, ResidualGrid(prior), mask)
    let pictures = (0..<5).map(test)
    let together = try context.inputs(of: pictures.map(\.values))
    #expect(together.count == 5)
    for (picture, inputs) in pairs(pictures, together) {
      let alone = try prior.posterior(mask.observations(of: picture), width: 8, height: 8)
        .image(width: 8, height: 8)
      expectClose(actual: inputs.gaussian, expected: alone.values, absolute: 1e-4)
    }
    // The pictures differ.
    let apart = maximumDifference(together[0].gaussian, together[1].gaussian)
    #expect(apart > 0.01 && apart.isFinite)
  }

  @Test("A compressed example is close to the restored picture", arguments: [1, 9, 63])
  func examples(points: Int) throws {
    let prior = try LearnedPrior.prior.get().gaussian
    let mask = PixelMask.random(width: 8, height: 8, keeping: points, seed: 6)
    let pictures = (0..<3).map { test($0).values }
    let restored = try ResidualContext(
      prior, ResidualGrid(prior), mask, neighbourhood: 20
    ).inputs(of: pictures)
    let shared = ResidualExample.Shared(restored[0])
    for (picture, inputs) in pairs(pictures, restored) {
      let example = ResidualExample(
        picture: 0, isMirrored: false, inputs, shared: shared, truth: picture)
      let shown = example.inputs(truth: picture)
      #expect(shown.mask == inputs.mask && shown.observed == inputs.observed)
      var kept = 0
      for place in picture.indices {
        let deviation = max(inputs.deviation[place / 3], 1e-4)
        let lacking = abs(picture[place] - inputs.gaussian[place]) / deviation
        // More than the bits can say.
        if lacking > 60 { continue }
        kept += 1
        let error = abs(shown.gaussian[place] - inputs.gaussian[place]) / deviation
        #expect(error < 0.07 * lacking.squareRoot() + 0.01)
      }
      #expect(kept > 150, "\(kept) of \(picture.count)")
      let (seen, near) = try (
        #require(shown.neighbours).values, #require(inputs.neighbours).values
      )
      #expect(seen.count == picture.count && near.contains { abs($0) > 0.01 } == (points < 63))
      #expect(near.count { abs($0) <= 60 } > 150)
      for (seen, near) in pairs(seen, near) where abs(near) <= 60 {
        #expect(abs(seen - near) < 0.07 * abs(near).squareRoot() + 0.01)
      }
    }
  }

  @Test("Neighbours are used with few points and ignored with many", arguments: [3, 13, 14, 60])
  func neighbours(points: Int) throws {
    var settings = SubspaceLearningSettings()
    settings.components = 20
    let prior = try SubspacePrior(
      training: SmoothPictures(count: 300, seed: 1),
      validation: SmoothPictures(count: 40, seed: 2), settings: settings)
    let mask = PixelMask.random(width: 8, height: 8, keeping: points, seed: 6)
    let context = try ResidualContext(prior, ResidualGrid(prior), mask, neighbourhood: 20)
    let shown = try #require(try context.inputs(of: [test(0).values])[0].neighbours).values
    #expect(shown.count == 192)
    // 13 points of three channels are 39 values, as many as two for each component but one.
    #expect(shown.contains { abs($0) > 0.01 } == (points <= 13))
  }

  @Test("The order of the points has no effect, and repeating one only reduces the variance")
  func order() throws {
    let prior = try LearnedPrior.prior.get()
    let seen = observations(test(1), 12)
    let order = Array((0..<12).reversed())
    let turned = PixelObservations(
      channels: 3, positions: order.flatMap { seen.positions[2 * $0..<2 * $0 + 2] },
      values: order.flatMap { seen.values[3 * $0..<3 * $0 + 3] })
    let first = try prior.posterior(seen, width: 8, height: 8)
    let second = try prior.posterior(turned, width: 8, height: 8)
    #expect(first.field == second.field)
    #expect(try first.variance(width: 8, height: 8) == second.variance(width: 8, height: 8))

    let twice = PixelObservations(
      channels: 3, positions: seen.positions + seen.positions, values: seen.values + seen.values)
    let repeated = try prior.posterior(twice, width: 8, height: 8)
    #expect(
      maximumDifference(
        first.image(width: 8, height: 8), repeated.image(width: 8, height: 8)) < 0.1)
  }

  @Test("Without points the result is the mean picture, and one point is fitted")
  func fewPoints() throws {
    let prior = try LearnedPrior.prior.get()
    let pictures = SmoothPictures(count: 300, seed: 1)
    let mean = try MeanPicture(
      shape: PictureShape(width: 8, height: 8, channels: 3), pictureCount: 300,
      picture: { pictures.values(at: $0) })
    let nothing = PixelObservations(channels: 3, positions: [], values: [])
    let empty = try prior.posterior(nothing, width: 8, height: 8)
    #expect(maximumDifference(empty.image(width: 8, height: 8), mean.image) < 1e-4)
    #expect(try empty.variance(width: 8, height: 8).allSatisfy { $0 > 0 })

    let one = PixelObservations(channels: 3, positions: [2.5, 3.25], values: [0.3, 0.7, 0.5])
    let field = try prior.posterior(one, width: 8, height: 8).field
    let seen = field.evaluate(
      at: CoordinateGrid.points(of: one, height: 8, width: 8)
    ).value.map { (Double($0) + 1) / 2 }
    expectClose(actual: seen, expected: [0.3, 0.7, 0.5], absolute: 0.1)
  }

  @Test("A hundred thousand points are accepted")
  func manyPoints() throws {
    let prior = try LearnedPrior.prior.get()
    let field = try prior.posterior(observations(test(2), 40), width: 8, height: 8).field
    var random = Xoshiro256(seed: 4)
    let positions = (0..<200_000).map { _ in random.uniform(in: 0...7) }
    var many = PixelObservations(
      channels: 3, positions: positions, values: [Float](repeating: 0, count: 300_000))
    many.values = field.evaluate(
      at: CoordinateGrid.points(of: many, height: 8, width: 8)
    ).value.map { min(1, max(0, ($0 + 1) / 2)) }
    let restored = try prior.posterior(many, width: 8, height: 8, withUncertainty: false)
    let expected = try prior.posterior(observations(test(2), 40), width: 8, height: 8)
    #expect(
      Quality.meanSquaredError(
        restored.image(width: 8, height: 8), expected.image(width: 8, height: 8)) < 1e-3)
  }

  @Test("Points that cannot be used are refused")
  func hostilePoints() throws {
    let prior = try LearnedPrior.prior.get()
    #expect(throws: PriorError.channels(expected: 3, actual: 1)) {
      try prior.posterior(
        PixelObservations(channels: 1, positions: [0, 0], values: [0]), width: 8, height: 8)
    }
    for bad in [Float.nan, .infinity] {
      #expect(throws: PriorError.notFinite) {
        try prior.posterior(
          PixelObservations(channels: 3, positions: [0, bad], values: [0, 0, 0]), width: 8,
          height: 8)
      }
      #expect(throws: PriorError.notFinite) {
        try prior.posterior(
          PixelObservations(channels: 3, positions: [0, 0], values: [0, bad, 0]), width: 8,
          height: 8)
      }
    }
    #expect(throws: PriorError.tooFewPictures(split: "training", count: 1)) {
      try SubspacePrior(
        training: SmoothPictures(count: 1), validation: SmoothPictures(count: 0))
    }
  }

  @Test("More points reduce the variance")
  func shrinking() throws {
    let prior = try LearnedPrior.prior.get().gaussian
    let all = observations(test(3), 30)
    var before = [Float](repeating: .infinity, count: 192)
    for count in [0, 1, 5, 15, 30] {
      let some = PixelObservations(
        channels: 3, positions: Array(all.positions.prefix(2 * count)),
        values: Array(all.values.prefix(3 * count)))
      let variance = try prior.posterior(some, width: 8, height: 8).variance(width: 8, height: 8)
      for (own, last) in pairs(variance, before) {
        #expect(own > 0 && own <= last * 1.0001)
      }
      before = variance
    }
  }

  @Test("A mirrored picture is restored mirrored")
  func mirrored() throws {
    let prior = try LearnedPrior.learn(mirrors: true)
    let seen = observations(test(4), 15)
    var turned = seen
    for point in 0..<seen.count {
      turned.positions[2 * point + 1] = 7 - seen.positions[2 * point + 1]
    }
    let straight = try prior.posterior(seen, width: 8, height: 8).image(width: 8, height: 8)
    let mirrored = try prior.posterior(turned, width: 8, height: 8).image(width: 8, height: 8)
    for row in 0..<8 {
      for column in 0..<8 {
        #expect(abs(straight[row, column, 0] - mirrored[row, 7 - column, 0]) < 1e-3)
      }
    }
  }

  @Test("Neighbourhoods restore pictures of a curved family better than the Gaussian posterior")
  func neighbourhoods() throws {
    let prior = try LearnedPrior.prior.get()
    var (own, formula) = (0.0, 0.0)
    for index in 0..<20 {
      let picture = test(index)
      let seen = observations(picture, 6, seed: UInt64(index))
      let image = { (prior: SubspacePrior) in
        try prior.posterior(seen, width: 8, height: 8, withUncertainty: false)
          .image(width: 8, height: 8)
      }
      own += Quality.meanSquaredError(try image(prior), picture)
      formula += Quality.meanSquaredError(try image(prior.gaussian), picture)
    }
    #expect(own < 0.8 * formula)
  }

  @Test("A posterior without uncertainty has the same mean, and its variance is an error")
  func withoutUncertainty() throws {
    for prior in [try LearnedPrior.prior.get(), try LearnedPrior.prior.get().gaussian] {
      let seen = observations(test(3), 12)
      let posterior = try prior.posterior(seen, width: 8, height: 8, withUncertainty: false)
      let whole = try prior.posterior(seen, width: 8, height: 8)
      #expect(
        maximumDifference(
          posterior.image(width: 8, height: 8), whole.image(width: 8, height: 8)) < 1e-4)
      let mask = PixelMask(width: 8, height: 8, observed: [Bool](repeating: false, count: 64))
      #expect(throws: PriorError.withoutUncertainty) {
        try posterior.variance(width: 8, height: 8)
      }
      #expect(throws: PriorError.withoutUncertainty) {
        try posterior.nextPoints(3, excluding: mask)
      }
      #expect(throws: PriorError.withoutUncertainty) { try posterior.samples(1, seed: 1) }
      // With nothing observed the prior's own is known.
      let nothing = try prior.posterior(
        PixelObservations(channels: 3, positions: [], values: []), width: 8, height: 8,
        withUncertainty: false)
      #expect(try nothing.variance(width: 8, height: 8).allSatisfy { $0 > 0 })
      #expect(try nothing.samples(2, seed: 1).count == 2)
    }
  }

  @Test("Proposed points are new and reduce the error more than random ones")
  func nextPoints() throws {
    let prior = try LearnedPrior.prior.get().gaussian
    let picture = test(5)
    let mask = RandomContext.mask(for: picture, imageIndex: 0, count: 4, seed: 9)
    let posterior = try prior.posterior(mask.observations(of: picture), width: 8, height: 8)
    let proposed = try posterior.nextPoints(6, excluding: mask)
    #expect(Set(proposed.map { $0.row * 8 + $0.column }).count == 6)
    #expect(proposed.allSatisfy { mask.missing[$0.row * 8 + $0.column] })
    let remaining = { (pixels: [Int]) -> Float in
      var extended = mask
      for pixel in pixels { extended.observed[pixel] = true }
      let posterior = try prior.posterior(extended.observations(of: picture), width: 8, height: 8)
      return try posterior.variance(width: 8, height: 8).reduce(0, +)
    }
    let greedy = try remaining(proposed.map { $0.row * 8 + $0.column })
    var random = Xoshiro256(seed: 2)
    for _ in 0..<5 {
      let open = mask.missing.indices.filter { mask.missing[$0] }
      #expect(greedy < (try remaining(random.sample(6, of: open.count).map { open[$0] })))
    }
    let everything = try posterior.nextPoints(1_000, excluding: mask)
    #expect(everything.count == 60)
  }

  @Test("In a large picture at most one pixel per pixel of the prior is proposed")
  func nextPointsOfALargePicture() throws {
    let prior = try LearnedPrior.prior.get().gaussian
    // The middles of all cells of 5 x 3 pixels but the last one, which is full.
    var mask = PixelMask(
      width: 24, height: 40, observed: [Bool](repeating: false, count: 24 * 40))
    for row in 0..<8 {
      for column in 0..<8 { mask.observed[(5 * row + 2) * 24 + 3 * column + 1] = true }
    }
    for row in 35..<40 { for column in 21..<24 { mask.observed[row * 24 + column] = true } }
    let picture = test(5).resized(width: 24, height: 40)
    let posterior = try prior.posterior(mask.observations(of: picture), width: 24, height: 40)
    let proposed = try posterior.nextPoints(100, excluding: mask)
    #expect(proposed.count == 63)
    #expect(Set(proposed.map { $0.row / 5 * 8 + $0.column / 3 }).count == 63)
    #expect(proposed.allSatisfy { mask.missing[$0.row * 24 + $0.column] })
    // Beside the middle, not at a border of the cell.
    #expect(
      proposed.allSatisfy { abs($0.row % 5 - 2) + abs($0.column % 3 - 1) == 1 })
  }
}
