import Signals
import TestSupport
import Testing

@Suite struct CoordinateGridTests {
  @Test func axesSpanTheirCorners() {
    #expect(CoordinateGrid.axis(size: 1) == [0])
    #expect(CoordinateGrid.axis(size: 2) == [-1, 1])
    #expect(CoordinateGrid.axis(size: 5) == [-1, -0.5, 0, 0.5, 1])
    for size in [2, 3, 32, 255, 1000, 307_001] {
      let axis = CoordinateGrid.axis(size: size)
      #expect(axis.count == size && axis.first == -1 && axis.last == 1, "size \(size)")
      // Exactly symmetric, in floating point too.
      #expect(axis == axis.reversed().map { -$0 }, "size \(size)")
    }
  }

  @Test func rowsComeFirst() {
    #expect(
      CoordinateGrid.points(height: 2, width: 3) == [-1, -1, -1, 0, -1, 1, 1, -1, 1, 0, 1, 1])
    #expect(CoordinateGrid.points(height: 1, width: 1) == [0, 0])
  }

  @Test func fractionsLieBetween() {
    #expect(CoordinateGrid.coordinate(ofIndex: 0.5, size: 3) == -0.5)
    #expect(CoordinateGrid.coordinate(ofIndex: -1, size: 3) == -2)
    #expect(CoordinateGrid.coordinate(ofIndex: 7.25, size: 1) == 0)
  }

  @Test func measuredPointsUseTheSameGrid() {
    let mask = PixelMask(width: 4, height: 3, observed: [Bool](repeating: true, count: 12))
    let observations = mask.observations(of: Image(width: 4, height: 3, channels: 1))
    #expect(
      CoordinateGrid.points(of: observations, height: 3, width: 4)
        == CoordinateGrid.points(height: 3, width: 4))
  }
}
