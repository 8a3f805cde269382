import Signals
import TestSupport
import Testing

@Suite struct PixelMaskTests {
  @Test func whiteIsMissing() {
    let grey = Image(width: 4, height: 1, channels: 1, values: [0, 1, 127.0 / 255, 128.0 / 255])
    // The ringing around the strokes of a JPEG stays below half.
    #expect(PixelMask.readMaskPicture(grey).observed == [true, false, true, false])
    #expect(
      PixelMask.readMaskPicture(grey, isInverted: true).observed == [false, true, false, true])
    let rgb = Image(width: 2, height: 1, channels: 3, values: [0, 0.4, 0, 0, 0, 1])
    #expect(PixelMask.readMaskPicture(rgb).observed == [true, false])
    // White strokes on a transparent white sheet. Transparent pixels are not part of the mask.
    let rgba = Image(width: 2, height: 1, channels: 4, values: [1, 1, 1, 1, 1, 1, 1, 0])
    let mask = PixelMask.readMaskPicture(rgba)
    #expect(mask.observed == [false, true])
    #expect(mask.missing == [true, false])
    #expect(mask.observedCount == 1)
  }

  @Test("Of a mask with transparency, what varies counts")
  func whatVaries() {
    let marked = { (values: [Float]) in
      PixelMask.marked(by: Image(width: values.count / 2, height: 1, channels: 2, values: values))
    }
    // Black strokes on an empty layer, whatever colour the empty pixels keep.
    #expect(marked([0, 1, 0, 0, 1, 0, 0, 0.6]) == [true, false, false, true])
    // Black and white that is opaque everywhere, or all but the border.
    #expect(marked([0, 1, 1, 1, 0, 1, 1, 1]) == [false, true, false, true])
    #expect(marked([0, 1, 1, 1, 0, 1, 1, 0]) == [false, true, false, false])
    // Nothing varies: black and white as they are.
    #expect(marked([0, 1, 0, 1]) == [false, false])
    #expect(marked([1, 1, 1, 1]) == [true, true])
    #expect(marked([1, 0, 1, 0]) == [false, false])
  }

  @Test("What a picture says of its own pixels: alpha, and numbers that are none")
  func measured() {
    let feathered = Image(
      width: 4, height: 1, channels: 2, values: [0.5, 0, 0.5, 0.01, 0.5, 254.0 / 255, 0.5, 1])
    #expect(PixelMask.measured(in: feathered).observed == [false, false, false, true])
    let opaque = Image(width: 3, height: 1, channels: 3)
    #expect(PixelMask.measured(in: opaque).observed == [true, true, true])
    let holes = Image(width: 2, height: 1, channels: 3, values: [1, .nan, 0, 1, 1, 1])
    #expect(PixelMask.measured(in: holes).observed == [false, true])
    let infinite = Image(width: 3, height: 1, channels: 1, values: [.infinity, 0.5, -.infinity])
    #expect(PixelMask.measured(in: infinite).observed == [false, true, false])
    let alpha = Image(width: 2, height: 1, channels: 2, values: [0.5, .nan, 0.5, 1])
    #expect(PixelMask.measured(in: alpha).observed == [false, true])
    #expect(
      PixelMask.measured(in: holes, except: [false, true]).observed == [false, false])
  }

  @Test("Random pixels are chosen among the observed ones")
  func keepingObserved() {
    let all = PixelMask(width: 5, height: 4, observed: [Bool](repeating: true, count: 20))
    #expect(
      all.keeping(7, seed: 3) == PixelMask.random(width: 5, height: 4, keeping: 7, seed: 3))
    var half = all
    for pixel in 0..<10 { half.observed[pixel] = false }
    let kept = half.keeping(4, seed: 1)
    #expect(kept.observedCount == 4 && kept.intersection(half) == kept)
    #expect(half.keeping(10, seed: 9) == half)
    #expect(half.keeping(0, seed: 9).observedCount == 0)
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
