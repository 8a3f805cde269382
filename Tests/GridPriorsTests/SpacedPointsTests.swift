import GridPriors
import Numerics
import Signals
import Testing

/// Points to measure next.
@Suite("Points that keep a distance") struct SpacedPointsTests {
  private func scores(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var random = Xoshiro256(seed: seed)
    return (0..<count).map { _ in Float(random.uniform()) }
  }

  @Test(
    "Exactly as many as requested, at a distance, and none that is observed",
    arguments: [1, 7, 50, 200])
  func distance(count: Int) {
    let mask = PixelMask.random(width: 50, height: 40, keeping: 300, seed: 3)
    let points = SpacedPoints.best(count, of: scores(2_000), excluding: mask)
    #expect(points.count == count)
    #expect(Set(points.map { $0.row * 50 + $0.column }).count == count)
    for point in points { #expect(!mask.observed[point.row * 50 + point.column]) }
    let least = (1_700 / Double(count)).squareRoot() / 2
    for first in points.indices {
      for second in points.indices where second > first {
        let (y, x) = (
          Double(points[first].row - points[second].row),
          Double(points[first].column - points[second].column)
        )
        #expect(y * y + x * x >= least * least)
      }
    }
  }

  @Test("The best comes first, and equal ones in the order of the pixels")
  func best() {
    let mask = PixelMask(width: 9, height: 9, observed: [Bool](repeating: false, count: 81))
    var scores = [Float](repeating: 0, count: 81)
    scores[4 * 9 + 6] = 1
    let points = SpacedPoints.best(2, of: scores, excluding: mask)
    // The weights fall off around a pixel, so the point is at the peak and not beside it.
    #expect(points[0] == (4, 6))
    let flat = SpacedPoints.best(1, of: [Float](repeating: 1, count: 81), excluding: mask)
    #expect(flat[0] == (0, 0))
  }

  @Test("All open pixels if more are requested, or none")
  func limits() {
    var mask = PixelMask(width: 6, height: 5, observed: [Bool](repeating: true, count: 30))
    #expect(SpacedPoints.best(3, of: scores(30), excluding: mask).isEmpty)
    for pixel in [0, 1, 7, 20, 29] { mask.observed[pixel] = false }
    let points = SpacedPoints.best(10_000, of: scores(30), excluding: mask)
    #expect(Set(points.map { $0.row * 6 + $0.column }) == [0, 1, 7, 20, 29] && points.count == 5)
    #expect(SpacedPoints.best(4, of: scores(30), excluding: mask).count == 4)
    #expect(SpacedPoints.best(0, of: scores(30), excluding: mask).isEmpty)
  }
}
