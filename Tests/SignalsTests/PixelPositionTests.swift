import Signals
import Testing

@Suite struct PixelPositionTests {
  @Test(
    "A pixel reaches half a pixel around its centre",
    arguments: [
      (Float(-0.5), 0), (-0.25, 0), (0, 0), (0.25, 0), (0.5, 1), (1.5, 2), (2, 2), (2.5, 3),
      (3.499, 3), (3.5, 3), (-0.501, nil), (3.501, nil), (-1, nil), (4, nil), (1e30, nil),
      (.infinity, nil), (-.infinity, nil), (.nan, nil),
    ])
  func nearestPixel(position: Float, expected: Int?) {
    #expect(PixelPosition.nearestPixel(to: position, size: 4) == expected)
    #expect(PixelPosition.isInside(position, size: 4) == (expected != nil))
  }

  @Test func onePixelIsAllOfItsAxis() {
    #expect(PixelPosition.nearestPixel(to: -0.5, size: 1) == 0)
    #expect(PixelPosition.nearestPixel(to: 0.5, size: 1) == 0)
  }

  @Test func pointsNeedBothAxes() {
    let points = PixelObservations(
      channels: 1, positions: [-0.5, 4.5, 1, 2, 2.5, 0, 0, -0.6], values: [0, 0, 0, 0])
    let pixels = (0..<4).map { points.nearestPixel(of: $0, width: 5, height: 2) }
    #expect(pixels.map { $0?.row } == [0, 1, nil, nil])
    #expect(pixels.map { $0?.column } == [4, 2, nil, nil])
    #expect(points.indexOutside(width: 5, height: 2) == 2)
    #expect(points.indexOutside(width: 5, height: 3) == 3)
  }
}
