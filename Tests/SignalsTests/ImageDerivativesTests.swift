import DifferentiableCore
import Foundation
import Signals
import TestSupport
import Testing

@Suite struct ImageDerivativesTests {
  /// Values computed by scipy.ndimage; see `Fixtures/make_sound_fixtures.py`.
  private struct Expected: Decodable {
    let height, width: Int
    let sobel_y, sobel_x, laplacian: [Float]
  }

  @Test func derivativesMatchScipy() throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(try Fixtures.bytes("derivatives.json")))
    let image = Image.pattern(width: expected.width, height: expected.height, channels: 1)
    let (y, x) = image.sobel()
    expectClose(actual: y.values, expected: expected.sobel_y, absolute: 1e-6)
    expectClose(actual: x.values, expected: expected.sobel_x, absolute: 1e-6)
    expectClose(actual: image.laplacian().values, expected: expected.laplacian, absolute: 1e-6)
  }

  @Test func channelsAreApart() {
    let image = Image.pattern(width: 6, height: 4, channels: 3)
    let green = Image(
      width: 6, height: 4, channels: 1,
      values: stride(from: 1, to: image.values.count, by: 3).map { image.values[$0] })
    let laplacian = image.laplacian().values
    #expect(
      stride(from: 1, to: laplacian.count, by: 3).map { laplacian[$0] }
        == green.laplacian().values)
  }

  @Test func aSinglePixelHasNoSlope() {
    let image = Image(width: 1, height: 1, channels: 1, filledWith: 0.7)
    #expect(image.sobel().y.values == [0] && image.sobel().x.values == [0])
    #expect(abs(image.laplacian().values[0]) < 1e-6)
  }
}
