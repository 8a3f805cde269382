import Fitting
import Signals
import TestSupport
import Testing

@Suite struct PlacedPictureTests {
  @Test("A picture keeps its pixels at its place, and what sticks out is cut off")
  func placed() {
    let source = Image(width: 2, height: 2, channels: 1, values: [0.1, 0.2, 0.3, 0.4])
    let inside = PlacedPicture(source, width: 4, height: 3, column: 1, row: 1)
    #expect(inside.isVisible.indices.filter { inside.isVisible[$0] } == [5, 6, 9, 10])
    #expect(inside.image[1, 1, 0] == 0.1 && inside.image[2, 2, 0] == 0.4)
    // The neighbours continue the picture, so that its edge is no gradient.
    #expect(inside.image[0, 1, 0] == 0.1 && inside.image[1, 3, 0] == 0.2)
    #expect(inside.image[0, 0, 0] == 0)
    let corner = PlacedPicture(source, width: 4, height: 3, column: -1, row: 2)
    #expect(corner.isVisible.indices.filter { corner.isVisible[$0] } == [8])
    #expect(corner.image[2, 0, 0] == 0.2)
    for place in [-5, 9] {
      let nowhere = PlacedPicture(source, width: 4, height: 3, column: place, row: place)
      #expect(!nowhere.isVisible.contains(true))
    }
  }

  @Test("Transparent pixels are not seen, and their colour does not matter")
  func alpha() {
    let source = Image(
      width: 3, height: 1, channels: 2, values: [0.5, 1, 0.9, 0.49, 0.7, 0.5])
    let placed = PlacedPicture(source, width: 3, height: 1)
    #expect(placed.isVisible == [true, false, true])
    expectClose(actual: placed.image.values, expected: [0.5, 0.6, 0.7], absolute: 1e-6)
  }

  @Test("Outside a mask a picture stays exactly as it is, its alpha too")
  func inserted() {
    let background = Image(
      width: 3, height: 1, channels: 2, values: [0.25, 0.5, 0.125, 0, 0.75, 1])
    let solved = Image(width: 3, height: 1, channels: 1, values: [0.9, 0.8, 0.7])
    let result = solved.inserted(into: background, where: [false, true, false])
    #expect(result.values == [0.25, 0.5, 0.8, 1, 0.75, 1])
  }
}
