import Signals
import TestSupport
import Testing

@Suite struct ImageTransformTests {
  @Test func channelsAreConverted() {
    let rgba = Image(width: 1, height: 1, channels: 4, values: [0.25, 0.5, 1, 0.75])
    let luma: Float = 0.299 * 0.25 + 0.587 * 0.5 + 0.114
    expectClose(actual: rgba.converted(toChannels: 3).values, expected: [0.25, 0.5, 1])
    expectClose(
      actual: rgba.converted(toChannels: 2).values, expected: [luma, 0.75], absolute: 1e-7)
    expectClose(actual: rgba.converted(toChannels: 1).values, expected: [luma], absolute: 1e-7)
    #expect(rgba.converted(toChannels: 4) == rgba)
    let grey = Image(width: 2, height: 1, channels: 1, values: [0.25, 0.5])
    #expect(grey.converted(toChannels: 2).values == [0.25, 1, 0.5, 1])
    #expect(grey.converted(toChannels: 3).values == [0.25, 0.25, 0.25, 0.5, 0.5, 0.5])
    #expect(grey.converted(toChannels: 4).values == [0.25, 0.25, 0.25, 1, 0.5, 0.5, 0.5, 1])
    let greyAlpha = Image(width: 1, height: 1, channels: 2, values: [0.25, 0.5])
    #expect(greyAlpha.converted(toChannels: 4).values == [0.25, 0.25, 0.25, 0.5])
    #expect(greyAlpha.converted(toChannels: 1).values == [0.25])
    // White stays white: the weights sum to 1.
    let white = Image(width: 1, height: 1, channels: 3, filledWith: 1).converted(toChannels: 1)
    expectClose(actual: white.values, expected: [1], absolute: 1e-6)
  }

  @Test func alphaIsBlended() {
    let rgba = Image(
      width: 2, height: 1, channels: 4, values: [0.2, 0.4, 0.6, 0.5, 0.9, 0.9, 0.9, 0])
    #expect(rgba.alpha == [0.5, 0])
    expectClose(
      actual: rgba.composited(onto: 1),
      expected: Image(width: 2, height: 1, channels: 3, values: [0.6, 0.7, 0.8, 1, 1, 1]),
      absolute: 1e-6)
    let greyAlpha = Image(width: 1, height: 1, channels: 2, values: [0.8, 0.25])
    expectClose(actual: greyAlpha.composited(onto: 0).values, expected: [0.2], absolute: 1e-6)
    let rgb = Image.pattern(width: 3, height: 2, channels: 3)
    #expect(rgb.composited(onto: 1) == rgb)
    #expect(rgb.alpha == nil)
  }

  @Test func squaresAreCutFromTheCentre() {
    let wide = Image(width: 5, height: 2, channels: 1, values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(wide.croppedToSquare().values == [1, 2, 6, 7])
    let tall = Image(width: 1, height: 4, channels: 2, values: [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(tall.croppedToSquare().values == [2, 3])
    let square = Image.pattern(width: 3, height: 3, channels: 2)
    #expect(square.croppedToSquare() == square)
  }

  @Test func mirroringTwiceIsNothing() {
    let image = Image(width: 3, height: 2, channels: 2, values: (0..<12).map(Float.init))
    #expect(image.mirrored().values == [4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7])
    #expect(image.mirrored().mirrored() == image)
  }

  @Test(arguments: [ResizingKernel.standard, .bilinear])
  func resizingMatchesPillow(_ kernel: ResizingKernel) throws {
    let expected = try Fixtures.expected()
    let cases = kernel == .standard ? expected.resized : expected.bilinear
    #expect(cases.count == 5)
    for entry in cases {
      let image = Image.pattern(width: entry.from[1], height: entry.from[0], channels: 1)
      let resized = image.resized(width: entry.to[1], height: entry.to[0], by: kernel)
      expectClose(
        actual: resized.values, expected: entry.values, absolute: 2e-6,
        actualShape: [resized.height, resized.width], expectedShape: entry.to,
        "\(entry.from) to \(entry.to)")
    }
  }

  @Test func wholeRatiosAverageExactAreas() {
    let image = Image(
      width: 4, height: 2, channels: 2,
      values: [0, 1, 0.25, 1, 0.5, 1, 1, 1, 0.5, 1, 0.25, 1, 0, 1, 0.5, 1])
    #expect(image.resized(width: 2, height: 1).values == [0.25, 1, 0.5, 1])
  }

  @Test(arguments: 1...4) func constantsStayConstant(_ channels: Int) {
    let image = Image(width: 7, height: 5, channels: channels, filledWith: 0.625)
    for (width, height) in [(1, 1), (3, 9), (50, 2), (7, 4), (14, 10)] {
      expectClose(
        actual: image.resized(width: width, height: height),
        expected: Image(width: width, height: height, channels: channels, filledWith: 0.625),
        absolute: 1e-6, "\(width)x\(height)")
    }
  }

  @Test func overshootIsClipped() {
    let edge = Image(width: 4, height: 1, channels: 1, values: [0, 0, 1, 1])
    let grown = edge.resized(width: 16, height: 1).values
    #expect(grown.allSatisfy { (0...1).contains($0) })
    // The kernel does overshoot here, or the test would prove nothing.
    #expect(grown.contains(1) && grown.contains(0))
  }

  @Test func hiddenColorsDoNotBleed() {
    // A white pixel beside a transparent one whose hidden colour is black.
    let image = Image(width: 2, height: 1, channels: 4, values: [1, 1, 1, 1, 0, 0, 0, 0])
    #expect(image.resized(width: 1, height: 1).values == [1, 1, 1, 0.5])
  }
}
