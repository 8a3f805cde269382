import Foundation
import Signals
import TestSupport
import Testing

@Suite struct QualityTests {
  private func disturbed(_ image: Image) -> Image {
    var result = image
    for y in 0..<image.height {
      for x in 0..<image.width {
        for c in 0..<image.channels {
          let noise = Float((13 * x + 29 * y + 5 * c) % 64 - 32) / 255
          result[y, x, c] = min(max(image[y, x, c] + noise, 0), 1)
        }
      }
    }
    return result
  }

  @Test func similarityMatchesScikitImage() throws {
    let cases = try Fixtures.expected().ssim
    #expect(cases.count == 4)
    for entry in cases {
      let image = Image.pattern(
        width: entry.width, height: entry.height, channels: entry.channels)
      let similarity = try #require(Quality.structuralSimilarity(image, disturbed(image)))
      expectClose(
        actual: similarity, expected: entry.value, absolute: 1e-6,
        "\(entry.width)x\(entry.height)x\(entry.channels)")
    }
  }

  @Test func similarityOfEqualsIsOne() throws {
    let image = Image.pattern(width: 31, height: 8, channels: 3)
    expectClose(
      actual: try #require(Quality.structuralSimilarity(image, image)), expected: 1,
      absolute: 1e-9)
    // Without variance nothing may be divided by zero.
    let black = Image(width: 9, height: 9, channels: 1)
    expectClose(
      actual: try #require(Quality.structuralSimilarity(black, black)), expected: 1,
      absolute: 1e-9)
  }

  @Test func smallPicturesHaveNoSimilarity() {
    let image = Image.pattern(width: 6, height: 20, channels: 1)
    #expect(Quality.structuralSimilarity(image, image) == nil)
    #expect(ImageQuality(of: image, comparedWith: image).ssim == nil)
  }

  @Test func errorsAreMeansOverPixelsAndChannels() {
    let a = Image(width: 2, height: 1, channels: 2, values: [0, 0.5, 1, 0])
    let b = Image(width: 2, height: 1, channels: 2, values: [0.5, 0.5, 0, 0])
    expectClose(actual: Quality.meanSquaredError(a, b), expected: 1.25 / 4)
    expectClose(
      actual: Quality.meanSquaredError(a, b, where: [true, false]), expected: 0.125)
    expectClose(actual: Quality.meanSquaredError(a, b, where: [false, true]), expected: 0.5)
    #expect(Quality.meanSquaredError(a, b, where: [false, false]).isNaN)
  }

  @Test func valuesAreClippedFirst() {
    let a = Image(width: 2, height: 1, channels: 1, values: [-5, 7])
    let b = Image(width: 2, height: 1, channels: 1, values: [0, 0.5])
    expectClose(actual: Quality.meanSquaredError(a, b), expected: 0.125)
  }

  @Test func decibels() {
    expectClose(
      actual: Quality.peakSignalToNoise(meanSquaredError: 0.001), expected: 30, absolute: 1e-12)
    #expect(Quality.peakSignalToNoise(meanSquaredError: 0) == .infinity)
  }

  @Test func qualityTravelsAsJSON() throws {
    let perfect = ImageQuality(mse: 0, psnr: .infinity, ssim: nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = try encoder.encode(perfect)
    #expect(String(decoding: text, as: UTF8.self) == #"{"mse":0,"psnr":null,"ssim":null}"#)
    #expect(try JSONDecoder().decode(ImageQuality.self, from: text) == perfect)
    let usual = ImageQuality(mse: 0.01, psnr: 20, ssim: 0.5)
    #expect(
      try JSONDecoder().decode(ImageQuality.self, from: encoder.encode(usual)) == usual)
  }
}
