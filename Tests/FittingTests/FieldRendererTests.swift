import DifferentiableCore
import Fields
import Fitting
import Numerics
import Signals
import TestSupport
import Testing

@Suite struct FieldRendererTests {
  private func field(outputs: Int = 1, coordinates: Int = 2) -> Siren {
    var random = Xoshiro256(seed: 4)
    return Siren(
      SirenArchitecture(
        coordinates: coordinates, hiddenWidth: 16, hiddenLayers: 1, outputs: outputs,
        omegaFirst: 5), random: &random)
  }

  @Test func renderingAtAnotherSizeSamplesTheSameField() {
    let small = FieldRenderer.image(of: field(outputs: 3), width: 5, height: 3)
    let large = FieldRenderer.image(of: field(outputs: 3), width: 9, height: 5)
    // Corners are included, so every second pixel of the larger one is in the smaller one.
    for row in 0..<3 {
      for column in 0..<5 {
        #expect(abs(small[row, column, 0] - large[2 * row, 2 * column, 0]) < 1e-5)
      }
    }
  }

  @Test func aRenderedValueIsThePicture() {
    let view = FieldRenderer.View(width: 7, height: 400)
    let rendering = FieldRenderer.render(.value, of: field(), view)
    let image = FieldRenderer.image(of: field(), width: 7, height: 400)
    #expect(rendering.scale == nil && rendering.channels == 1)
    #expect(rendering.samples == image.values.map { UInt8($0 * 255 + 0.5) })
  }

  @Test func aRangeIsAPartOfTheField() {
    // The middle half at the same spacing.
    let whole = FieldRenderer.render(.value, of: field(), .init(width: 9, height: 9))
    let half = FieldRenderer.render(
      .value, of: field(), .init(width: 5, height: 5, range: -0.5...0.5))
    for row in 0..<5 {
      #expect(half.samples[row * 5] == whole.samples[(row + 2) * 9 + 2])
    }
  }

  /// Derivatives per pixel are close to differences of a finely rendered picture.
  @Test(arguments: [FieldQuantity.x, .y, .laplacian])
  func derivativesArePerPixel(quantity: FieldQuantity) throws {
    let (width, height) = (120, 90)
    let image = FieldRenderer.image(of: field(), width: width, height: height)
    let rendering = FieldRenderer.render(quantity, of: field(), .init(width: width, height: height))
    let scale = try #require(rendering.scale)
    #expect(scale > 0)
    for (row, column) in [(20, 30), (45, 60), (70, 100)] {
      let right = image[row, column + 1, 0] - image[row, column - 1, 0]
      let down = image[row + 1, column, 0] - image[row - 1, column, 0]
      let second =
        image[row, column + 1, 0] + image[row, column - 1, 0] + image[row + 1, column, 0]
        + image[row - 1, column, 0] - 4 * image[row, column, 0]
      let expected = quantity == .x ? right / 2 : quantity == .y ? down / 2 : second
      let shown = (Float(rendering.samples[row * width + column]) / 255 - 0.5) * 2 * scale
      #expect(abs(shown - expected) < 0.02 * scale + 1e-5, "\(quantity) \(shown) \(expected)")
    }
  }

  @Test func directionsHaveColours() {
    let view = FieldRenderer.View(width: 20, height: 10)
    for quantity in [FieldQuantity.gradient, .direction] {
      let rendering = FieldRenderer.render(quantity, of: field(), view)
      #expect(rendering.channels == 3 && rendering.samples.count == 600)
    }
    // At full brightness one of the three is always full.
    let hues = FieldRenderer.render(.direction, of: field(), view).samples
    #expect(stride(from: 0, to: 600, by: 3).allSatisfy { hues[$0..<$0 + 3].max() == 255 })
  }

  @Test func onePixelIsAPictureToo() {
    for quantity in FieldQuantity.allCases {
      let rendering = FieldRenderer.render(quantity, of: field(), .init(width: 1, height: 1))
      #expect(rendering.samples.count == rendering.channels)
    }
  }

  @Test func soundsAreResampledByEvaluation() {
    let timing = { (rate: Int, frames: Int) in
      FieldRenderer.Timing(original: 101, originalRate: 100, sampleRate: rate, frames: frames)
    }
    let once = FieldRenderer.sound(of: field(coordinates: 1), timing(100, 101), peak: 0.5)
    let twice = FieldRenderer.sound(of: field(coordinates: 1), timing(200, 201), peak: 0.5)
    #expect(once.frameCount == 101 && twice.frameCount == 201)
    expectClose(
      actual: (0..<101).map { twice.samples[2 * $0] }, expected: once.samples, absolute: 1e-6)
    let slope = FieldRenderer.sound(.gradient, of: field(coordinates: 1), timing(100, 50), peak: 9)
    #expect(abs(slope.peak - 1) < 1e-6)
  }

  @Test func changesOfVariablesAreExact() {
    let points: [Float] = [0.3, -0.2, 0.9, 0.1]
    let plain = field(outputs: 2).evaluate(at: points, derivatives: .gradient)
    let stretched = field(outputs: 2).scalingCoordinates(by: [2, 0.5])
      .evaluate(at: [0.15, -0.4, 0.45, 0.2], derivatives: .gradient)
    expectClose(actual: stretched.value, expected: plain.value, absolute: 1e-6)
    expectClose(
      actual: stretched.gradient,
      expected: plain.gradient.enumerated().map { $1 * ($0 % 2 == 0 ? 2 : 0.5) }, absolute: 1e-5)
    let mapped = field(outputs: 2).mappingValues(scale: 3, offset: [1, -1]).evaluate(at: points)
    expectClose(
      actual: mapped.value,
      expected: plain.value.enumerated().map { 3 * $1 + ($0 % 2 == 0 ? 1 : -1) }, absolute: 1e-6)
  }
}
