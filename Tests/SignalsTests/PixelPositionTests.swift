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

  @Test("Positions beyond the border belong to the outermost pixel", arguments: [1, 2, 3, 32, 255])
  func clamped(size: Int) {
    #expect(PixelPosition.clampedPixel(nearestTo: -1e30, size: size) == 0)
    #expect(PixelPosition.clampedPixel(nearestTo: Double.infinity, size: size) == size - 1)
    // Centres, borders of pixels, and the numbers just beside them, in both precisions.
    for pixel in 0..<size {
      #expect(PixelPosition.clampedPixel(nearestTo: Float(pixel), size: size) == pixel)
      let border = Float(pixel) + 0.5
      let next = min(pixel + 1, size - 1)
      #expect(PixelPosition.clampedPixel(nearestTo: border, size: size) == next)
      #expect(PixelPosition.clampedPixel(nearestTo: border.nextDown, size: size) == pixel)
      #expect(PixelPosition.clampedPixel(nearestTo: Double(border).nextDown, size: size) == pixel)
    }
  }

  /// The formulas that priors used before there was one definition: results must not change by a bit.
  @Test(
    "Pixels of coordinates are the same as by the direct formulas", arguments: [1, 2, 7, 32, 64])
  func coordinates(size: Int) {
    let last = Float(size - 1)
    var coordinates: [Float] = [-1, 1, -1.5, 2, 0, -0.0]
    for pixel in 0...size {
      let border = size > 1 ? 2 * (Float(pixel) - 0.5) / last - 1 : 0
      coordinates += [border, border.nextUp, border.nextDown]
    }
    for value in coordinates {
      let single = Int(min(max((value + 1) / 2 * last, 0), last).rounded())
      let double = Int(
        min(max((Double(value) + 1) / 2 * Double(size - 1), 0), Double(size - 1)).rounded())
      #expect(
        PixelPosition.clampedPixel(
          nearestTo: PixelPosition.position(ofCoordinate: value, size: size), size: size) == single)
      #expect(
        PixelPosition.clampedPixel(
          nearestTo: PixelPosition.position(ofCoordinate: Double(value), size: size), size: size)
          == double)
    }
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
