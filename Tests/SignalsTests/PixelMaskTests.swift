import Signals
import TestSupport
import Testing

@Suite struct PixelMaskTests {
  @Test func whiteIsMissing() {
    let grey = Image(width: 3, height: 1, channels: 1, values: [0, 1, 1 / 255])
    #expect(PixelMask.readMaskPicture(grey).observed == [true, false, false])
    let rgb = Image(width: 2, height: 1, channels: 3, values: [0, 0, 0, 0, 0, 1])
    #expect(PixelMask.readMaskPicture(rgb).observed == [true, false])
    // White strokes on a transparent white sheet. Transparent pixels are not part of the mask.
    let rgba = Image(width: 2, height: 1, channels: 4, values: [1, 1, 1, 1, 1, 1, 1, 0])
    let mask = PixelMask.readMaskPicture(rgba)
    #expect(mask.observed == [false, true])
    #expect(mask.missing == [true, false])
    #expect(mask.observedCount == 1)
  }

  @Test func transparentIsMissing() {
    let image = Image(width: 3, height: 1, channels: 2, values: [0.5, 0, 0.5, 0.01, 0.5, 1])
    #expect(PixelMask.fromAlpha(image)?.observed == [false, true, true])
    #expect(PixelMask.fromAlpha(Image(width: 3, height: 1, channels: 3)) == nil)
  }

  @Test func observationsNameRowColumnAndAllChannels() {
    let image = Image(width: 2, height: 2, channels: 2, values: [1, 2, 3, 4, 5, 6, 7, 8])
    let mask = PixelMask(width: 2, height: 2, observed: [false, true, true, false])
    let observations = mask.observations(of: image)
    #expect(observations.count == 2 && observations.channels == 2)
    #expect(observations.positions == [0, 1, 1, 0])
    #expect(observations.values == [3, 4, 5, 6])
    #expect(observations.indexOutside(width: 2, height: 2) == nil)
    #expect(observations.indexOutside(width: 1, height: 2) == 0)
    #expect(observations.indexOutside(width: 2, height: 1) == 1)
  }

  @Test func randomMasksKeepExactlyTheCount() {
    for count in [0, 1, 10, 99, 100] {
      let mask = PixelMask.random(width: 20, height: 5, keeping: count, seed: 3)
      #expect(mask.observedCount == count)
      #expect(mask.width == 20 && mask.height == 5)
    }
  }

  @Test func seedsDecideTheMask() {
    let masks = (UInt64(0)..<50).map {
      PixelMask.random(width: 16, height: 16, keeping: 20, seed: $0)
    }
    #expect(masks[7] == PixelMask.random(width: 16, height: 16, keeping: 20, seed: 7))
    for first in masks.indices {
      for second in masks.indices where second > first { #expect(masks[first] != masks[second]) }
    }
  }

  /// 20,000 masks keep each of 10 pixels 6,000 times, give or take five standard deviations.
  @Test func everyPixelIsEquallyLikely() {
    var counts = [Int](repeating: 0, count: 10)
    for seed in UInt64(0)..<20_000 {
      let mask = PixelMask.random(width: 5, height: 2, keeping: 3, seed: seed)
      for (pixel, isObserved) in mask.observed.enumerated() where isObserved {
        counts[pixel] += 1
      }
    }
    #expect(counts.allSatisfy { abs($0 - 6000) < 330 }, "\(counts)")
  }
}
