import Fields
import GridPriors
import ImagePriors
import Interpolation
import Numerics
import Signals
import TestSupport
import Testing

/// A prior as a function of a set of observations.
@Suite("Grid prior") struct GridPriorTests {
  private let prior = TinyGrid.prior()

  @Test("The order of the observations changes nothing", arguments: [1, 3, 4])
  func order(channels: Int) throws {
    let picture = TinyGrid.picture(width: 40, height: 30, channels: channels)
    let points = [
      TinyGrid.observations(of: picture, count: 3), TinyGrid.observations(of: picture, count: 150),
      TinyGrid.between(60, width: 40, height: 30, channels: channels),
    ]
    for own in points {
      let result = try prior.estimate(own, width: 40, height: 30, withDeviations: true)
      for seed in 1...3 as ClosedRange<UInt64> {
        let other = try prior.estimate(
          TinyGrid.shuffled(own, seed: seed), width: 40, height: 30, withDeviations: true)
        #expect(other == result)
      }
    }
  }

  @Test("Several observations of one place count as their mean", arguments: [1, 3])
  func repeated(channels: Int) throws {
    let picture = TinyGrid.picture(width: 24, height: 20, channels: channels)
    for own in [
      TinyGrid.observations(of: picture, count: 1), TinyGrid.observations(of: picture, count: 40),
      TinyGrid.between(30, width: 24, height: 20, channels: channels),
    ] {
      var rounded = own
      // Sums of these are exact.
      rounded.values = rounded.values.map { ($0 * 256).rounded() / 256 }
      var several = rounded
      for point in 0..<own.count where point.isMultiple(of: 3) {
        several.positions += rounded.positions[2 * point..<2 * point + 2]
        let values = rounded.values[point * channels..<(point + 1) * channels]
        several.values.replaceSubrange(
          point * channels..<(point + 1) * channels, with: values.map { $0 + 0.125 })
        several.values += values.map { $0 - 0.125 }
      }
      #expect(several.count > own.count)
      let expected = try prior.estimate(rounded, width: 24, height: 20, withDeviations: true)
      let result = try prior.estimate(several, width: 24, height: 20, withDeviations: true)
      #expect(result == expected)
    }
  }

  @Test("A picture in parts is the picture as a whole", arguments: [1, 3])
  func parts(channels: Int) throws {
    let picture = TinyGrid.picture(width: 90, height: 75, channels: channels)
    let points = TinyGrid.observations(of: picture, count: 500)
    let whole = try prior.estimate(points, width: 90, height: 75, withDeviations: true)
    // Parts of 8 with margins of 24 on each side see a part of the picture; 30 is no multiple of the stride.
    for side in [8, 30, 64] {
      let parts = try prior.estimate(
        points, width: 90, height: 75, withDeviations: true, partSide: side)
      expectClose(actual: parts.image, expected: whole.image, absolute: 1e-5, "parts of \(side)")
      expectClose(
        actual: parts.deviations, expected: whole.deviations, absolute: 1e-5, relative: 1e-5,
        "parts of \(side)")
    }
    let plain = try LinearInterpolation().inpaint(points, width: 90, height: 75).image
    #expect(maximumDifference(whole.image, plain) > 0.01)
  }

  @Test("An untrained prior interpolates linearly", arguments: [1, 2, 3, 4])
  func untrained(channels: Int) throws {
    let picture = TinyGrid.picture(width: 40, height: 33, channels: channels)
    for (points, prior) in [
      (TinyGrid.observations(of: picture, count: 100), GridPrior(TinyGrid.configuration, seed: 3)),
      (TinyGrid.observations(of: picture, count: 2), GridPrior(GridPriorConfiguration(), seed: 3)),
    ] {
      let expected = try LinearInterpolation().inpaint(points, width: 40, height: 33).image
      let result = try prior.inpaint(points, width: 40, height: 33)
      expectClose(actual: result.rendered, expected: expected, absolute: 2e-6)
    }
  }

  @Test("Known pixels are kept and have no deviation", arguments: [1, 3])
  func known(channels: Int) throws {
    let picture = TinyGrid.picture(width: 30, height: 26, channels: channels)
    let mask = PixelMask.random(width: 30, height: 26, keeping: 80, seed: 5)
    let result = try prior.estimate(
      mask.observations(of: picture), width: 30, height: 26, withDeviations: true)
    for pixel in mask.observed.indices {
      for place in pixel * channels..<(pixel + 1) * channels {
        if mask.observed[pixel] {
          #expect(abs(result.image.values[place] - picture.values[place]) < 1e-6)
          #expect(result.deviations[place] == 0)
        } else {
          #expect(result.deviations[place] > 0)
        }
      }
    }
  }

  @Test("Points on both sides of a pixel's centre do not make its value known")
  func aroundACentre() throws {
    let points = PixelObservations(
      channels: 1, positions: [5, 4.75, 5, 5.25, 2, 2, 9, 9, 2, 10],
      values: [0.2, 0.8, 0.3, 0.6, 0.4])
    let result = try prior.estimate(points, width: 12, height: 12, withDeviations: true)
    #expect(result.deviations[5 * 12 + 5] > 0)
    #expect(result.deviations[2 * 12 + 2] == 0)
    // A measurement at the centre makes it known, whatever lies beside it.
    var more = points
    more.positions += [5, 5]
    more.values.append(0.5)
    let other = try prior.estimate(more, width: 12, height: 12, withDeviations: true)
    #expect(other.deviations[5 * 12 + 5] == 0)
  }

  @Test("A value between pixels moves no pixel that is known")
  func betweenKnownPixels() throws {
    let picture = TinyGrid.picture(width: 24, height: 24)
    let mask = PixelMask.random(width: 24, height: 24, keeping: 200, seed: 2)
    var points = mask.observations(of: picture)
    let row = try #require((2..<20).first { mask.observed[$0 * 24 + 12] })
    points.positions += [Float(row) + 0.4, 12.3]
    points.values.append(picture[row, 12, 0] + 0.2)
    let result = try prior.estimate(points, width: 24, height: 24, withDeviations: false).image
    for pixel in mask.observed.indices where mask.observed[pixel] {
      #expect(abs(result.values[pixel] - picture.values[pixel]) < 0.01, "\(pixel)")
    }
    let field = try prior.pictureField(explaining: points, width: 24, height: 24)
    let last = points.count - 1
    let value = field.evaluate(
      at: (0..<2).map { 2 * Double(points.positions[2 * last + $0]) / 23 - 1 }, derivatives: .none
    ).value[0]
    #expect(abs(0.5 * value + 0.5 - points.values[last]) < 0.01)
  }

  @Test("Brightness and contrast of the observations carry over", arguments: [1, 3])
  func affine(channels: Int) throws {
    let picture = TinyGrid.picture(width: 40, height: 30, channels: channels)
    let points = TinyGrid.observations(of: picture, count: 120)
    let result = try prior.estimate(points, width: 40, height: 30, withDeviations: true)
    for (factor, offset) in [(0.5, 0.3), (0.1, 0.02), (-0.8, 0.9)] as [(Float, Float)] {
      var changed = points
      changed.values = points.values.map { factor * $0 + offset }
      let other = try prior.estimate(changed, width: 40, height: 30, withDeviations: true)
      if factor > 0 {
        expectClose(
          actual: other.image.values, expected: result.image.values.map { factor * $0 + offset },
          absolute: 1e-3, "\(factor), \(offset)")
        expectClose(
          actual: other.deviations, expected: result.deviations.map { factor * $0 },
          absolute: 1e-3 * Double(factor), relative: 1e-3, "\(factor), \(offset)")
      } else {
        #expect(other.image.values.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test("A grey picture in colour stays grey")
  func grey() throws {
    let picture = TinyGrid.picture(width: 40, height: 30).converted(toChannels: 3)
    let points = TinyGrid.observations(of: picture, count: 100)
    let result = try prior.estimate(points, width: 40, height: 30, withDeviations: true)
    for pixel in 0..<picture.pixelCount {
      let own = result.image.values[3 * pixel..<3 * pixel + 3]
      #expect(Set(own).count == 1, "\(own)")
    }
    #expect(result.deviations.contains { $0 > 0 })
  }

  @Test(
    "Pictures of any size and channels", arguments: [(1, 1), (1, 40), (40, 1), (5, 3), (17, 23)],
    [1, 2, 3, 4])
  func shapes(size: (Int, Int), channels: Int) throws {
    let (width, height) = size
    let picture = TinyGrid.picture(width: width, height: height, channels: channels)
    for count in Set([1, max(1, width * height / 3), width * height]) {
      let points = TinyGrid.observations(of: picture, count: count)
      let result = try prior.inpaint(points, width: width, height: height)
      #expect(result.field == nil)
      #expect(
        (result.rendered.width, result.rendered.height, result.rendered.channels)
          == (width, height, channels))
      #expect(result.rendered.values.allSatisfy { (0...1).contains($0) })
      if count == width * height {
        expectClose(actual: result.pasted, expected: picture, absolute: 0)
      }
      let field = try prior.pictureField(explaining: points, width: width, height: height)
      #expect(field.outputs == channels && field.coordinates == 2)
    }
  }

  @Test("One value is the whole picture, for an untrained and a trained prior alike")
  func constant() throws {
    for prior in [prior, GridPrior(TinyGrid.configuration, seed: 1)] {
      let one = PixelObservations(channels: 3, positions: [3, 4], values: [0.2, 0.5, 0.7])
      let result = try prior.inpaint(one, width: 9, height: 7).rendered
      for index in result.values.indices {
        #expect(abs(result.values[index] - one.values[index % 3]) < 1e-6)
      }
    }
  }

  @Test("What cannot be restored from is refused")
  func refusals() throws {
    let none = PixelObservations(channels: 3, positions: [], values: [])
    #expect(throws: PriorError.needsObservations) { try prior.inpaint(none, width: 8, height: 8) }
    #expect(
      PriorError.needsObservations.description
        == "the model restores pictures of any kind and has no picture of its own; pass a picture "
        + "with observed pixels, such as --given photo.png --keep 10%")
    let five = PixelObservations(
      channels: 5, positions: [1, 1], values: [0, 0, 0, 0, 0])
    #expect(throws: PriorError.channels(expected: 3, actual: 5)) {
      try prior.inpaint(five, width: 8, height: 8)
    }
    let outside = PixelObservations(channels: 1, positions: [1, 1, 9, 1], values: [0, 1])
    #expect(
      throws: InpaintingMethodError.outside(
        method: "linear", row: 9, column: 1, width: 8, height: 8)
    ) { try prior.inpaint(outside, width: 8, height: 8) }
    // The message names the point by its place in the file.
    let hole = PixelObservations(channels: 1, positions: [5, 5, 1, 1], values: [0.5, .nan])
    #expect(throws: InpaintingMethodError.notFinite(method: "linear", index: 1)) {
      try prior.pictureField(explaining: hole, width: 8, height: 8)
    }
    #expect(throws: PriorError.gridOfNetworks) {
      try prior.field(explaining: outside, width: 8, height: 8)
    }
    var damaged = prior
    damaged.parameters.values[0] = .infinity
    let points = TinyGrid.between(5, width: 8, height: 8)
    #expect(throws: PriorError.notFinite) { try damaged.inpaint(points, width: 8, height: 8) }
  }

  @Test("The number of threads changes nothing")
  func threads() throws {
    let prior = prior
    let points = TinyGrid.between(200, width: 90, height: 75, channels: 3)
    try expectSameResult {
      try prior.estimate(points, width: 90, height: 75, withDeviations: true)
    }
  }
}
