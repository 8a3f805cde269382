import Signals
import Testing

@Suite("Masks of scans")
struct ScanMaskTests {
  @Test("Rows are observed at equal distances", arguments: [1 as UInt64, 2, 3])
  func lines(seed: UInt64) {
    let mask = PixelMask.lines(width: 30, height: 40, keeping: 30 * 10, seed: seed)
    let rows = (0..<40).filter { mask.observed[$0 * 30] }
    #expect(rows.count == 10)
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $1 - $0 == 4 })
    for row in 0..<40 {
      let own = mask.observed[row * 30..<(row + 1) * 30]
      #expect(own.allSatisfy { $0 == rows.contains(row) })
    }
  }

  @Test("A spiral observes about as many pixels as requested, in every quarter")
  func spiral() {
    let mask = PixelMask.spiral(width: 64, height: 64, keeping: 410, seed: 4)
    #expect((330...490).contains(mask.observedCount))
    for (top, left) in [(0, 0), (0, 32), (32, 0), (32, 32)] {
      let count = (0..<32 * 32).count {
        mask.observed[(top + $0 / 32) * 64 + left + $0 % 32]
      }
      #expect((60...140).contains(count))
    }
  }
}
