import Signals
import TestSupport
import Testing

@Suite struct PixelMaskTests {
  @Test func whiteIsMissing() {
    let grey = Image(width: 3, height: 1, channels: 1, values: [0, 1, 1 / 255])
    #expect(PixelMask.readMaskPicture(grey).observed == [true, false, false])
    let rgb = Image(width: 2, height: 1, channels: 3, values: [0, 0, 0, 0, 0, 1])
    #expect(PixelMask.readMaskPicture(rgb).observed == [true, false])
    // White strokes on a transparent white sheet: what is transparent isn't drawn.
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

@Suite struct SeededGeneratorTests {
  /// Computed by an independent implementation of the authors' C code.
  @Test(
    arguments: [
      (0, [0x99EC_5F36_CB75_F2B4, 0xBF6E_1F78_4956_452A, 0x1A5F_849D_4933_E6E0] as [UInt64]),
      (1, [0xB3F2_AF6D_0FC7_10C5, 0x853B_5596_4736_4CEA, 0x92F8_9756_082A_4514]),
      (42, [0x1578_0B2E_0C2E_C716, 0x6104_D986_6D11_3A7E, 0xAE17_5332_39E4_99A1]),
    ] as [(UInt64, [UInt64])]) func followsThePublishedAlgorithm(
      seed: UInt64, expected: [UInt64]
    )
  {
    var generator = SeededGenerator(seed: seed)
    #expect((0..<3).map { _ in generator.next() } == expected)
  }

  @Test func integersStayBelowTheirBound() {
    var generator = SeededGenerator(seed: 5)
    for bound in [1, 2, 3, 1000, Int.max] {
      for _ in 0..<100 { #expect((0..<bound).contains(generator.integer(below: bound))) }
    }
    let dice = (0..<6000).reduce(into: [Int](repeating: 0, count: 6)) { counts, _ in
      counts[generator.integer(below: 6)] += 1
    }
    #expect(dice.allSatisfy { abs($0 - 1000) < 150 }, "\(dice)")
  }
}
