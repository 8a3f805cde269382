import Signals
import Testing

/// Sizes and fractions that were once wrong in some mask.
private let shapes = [(1, 1), (1, 7), (7, 1), (2, 2), (5, 20), (32, 32), (33, 31)]

@Suite struct PixelMaskShapesTests {
  @Test func aBlockIsOneRectangleOfTheRequestedSize() {
    for (width, height) in shapes {
      for count in Set([0, 1, width * height / 4, width * height / 2, width * height - 1])
      where count >= 0 {
        for seed in UInt64(0)..<20 {
          let mask = PixelMask.block(width: width, height: height, keeping: count, seed: seed)
          let missing = mask.observed.indices.filter { !mask.observed[$0] }
          let rows = Set(missing.map { $0 / width })
          let columns = Set(missing.map { $0 % width })
          let text = "\(width)x\(height), \(count) kept, seed \(seed)"
          #expect(missing.count == rows.count * columns.count, "\(text)")
          #expect((rows.max() ?? 0) - (rows.min() ?? 0) == max(rows.count - 1, 0), "\(text)")
          #expect(
            (columns.max() ?? 0) - (columns.min() ?? 0) == max(columns.count - 1, 0), "\(text)")
          #expect(abs(mask.observedCount - count) <= rows.count, "\(text): \(mask.observedCount)")
          #expect((mask.observedCount == 0) == (count == 0), "\(text)")
        }
      }
    }
  }

  @Test func blocksDifferInPlaceAndAspect() {
    let masks = (UInt64(0)..<40).map {
      PixelMask.block(width: 32, height: 32, keeping: 768, seed: $0)
    }
    let blocks = masks.map { mask in
      let missing = mask.observed.indices.filter { !mask.observed[$0] }
      return (
        rows: Set(missing.map { $0 / 32 }), columns: Set(missing.map { $0 % 32 })
      )
    }
    // 256 pixels: 16x16, between 23x11 and 11x23.
    #expect(blocks.contains { $0.rows.count < $0.columns.count })
    #expect(blocks.contains { $0.rows.count > $0.columns.count })
    #expect(blocks.allSatisfy { (11...23).contains($0.rows.count) })
    #expect(Set(blocks.map { $0.rows.min() ?? 0 }).count > 5)
    #expect(Set(blocks.map { $0.columns.min() ?? 0 }).count > 5)
    #expect(masks[4] == PixelMask.block(width: 32, height: 32, keeping: 768, seed: 4))
  }

  @Test func halvesAreExact() {
    var seen: Set<[Bool]> = []
    for seed in UInt64(0)..<40 {
      let mask = PixelMask.half(width: 6, height: 4, seed: seed)
      #expect(mask.observedCount == 12)
      seen.insert(mask.observed)
    }
    let expected: Set<[Bool]> = [
      (0..<24).map { $0 % 6 >= 3 }, (0..<24).map { $0 % 6 < 3 },
      (0..<24).map { $0 / 6 >= 2 }, (0..<24).map { $0 / 6 < 2 },
    ]
    #expect(seen == expected)
    for seed in UInt64(0)..<8 {
      // The middle of an odd side stays; a side of one pixel is not halved.
      #expect([9, 10].contains(PixelMask.half(width: 5, height: 3, seed: seed).observedCount))
      #expect(PixelMask.half(width: 1, height: 4, seed: seed).observedCount == 2)
      #expect(PixelMask.half(width: 1, height: 1, seed: seed).observedCount == 1)
    }
  }

  @Test func strokesHideExactlyTheRest() {
    for (width, height) in shapes {
      for count in Set([0, 1, width * height / 4, width * height / 2, width * height]) {
        for seed in UInt64(0)..<5 {
          let mask = PixelMask.strokes(width: width, height: height, keeping: count, seed: seed)
          #expect(mask.observedCount == count, "\(width)x\(height), seed \(seed)")
        }
      }
    }
    let first = PixelMask.strokes(width: 32, height: 32, keeping: 700, seed: 1)
    #expect(first == PixelMask.strokes(width: 32, height: 32, keeping: 700, seed: 1))
    #expect(first != PixelMask.strokes(width: 32, height: 32, keeping: 700, seed: 2))
  }

  /// A hidden pixel of a stroke has hidden neighbours, one of scattered pixels mostly not.
  @Test func strokesAreThick() {
    func share(_ mask: PixelMask) -> Double {
      let missing = mask.missing
      let inner = (0..<31 * 31).map { $0 / 31 * 32 + $0 % 31 }.filter { missing[$0] }
      let beside = inner.filter { missing[$0 + 1] && missing[$0 + 32] }
      return Double(beside.count) / Double(inner.count)
    }
    for seed in UInt64(0)..<10 {
      #expect(share(.strokes(width: 32, height: 32, keeping: 800, seed: seed)) > 0.5)
      #expect(share(.random(width: 32, height: 32, keeping: 800, seed: seed)) < 0.2)
    }
  }
}
