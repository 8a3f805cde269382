import ImagePriors
import Signals
import TestSupport
import Testing

/// Points on the outer border of a picture, half a pixel beyond the outermost centres.
@Suite struct EdgePointsTests {
  private let points = PixelObservations(
    channels: 1, positions: [-0.5, -0.5, 2.5, 3.5], values: [0.25, 0.75])

  @Test("Points are pasted onto the corner pixels, and points outside have no effect")
  func pasting() {
    let image = Image(width: 4, height: 3, channels: 1)
    var expected = image
    expected[0, 0, 0] = 0.25
    expected[2, 3, 0] = 0.75
    #expect(image.pasting(points) == expected)
    let beyond = PixelObservations(
      channels: 1, positions: [-0.51, 0, 0, 3.51, .nan, 0, .infinity, 1],
      values: [Float](repeating: 1, count: 4))
    #expect(image.pasting(beyond) == image)
  }

  @Test("Several readings of one pixel are averaged in the picture")
  func averages() {
    let readings = PixelObservations(
      channels: 2, positions: [0, 1, 0.2, 1.4, 1, 0, -0.3, 0.6, 1, 0],
      values: [0.25, 1, 0.5, 0, 0.75, 0.5, 0.75, 0.5, 0.25, 0.25])
    let image = Image(width: 2, height: 2, channels: 2, filledWith: 0.125)
    #expect(
      image.pasting(readings).values == [0.125, 0.125, 0.5, 0.5, 0.5, 0.375, 0.125, 0.125])
  }

  @Test("Points half a pixel outside count as the corner pixels")
  func masks() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x,y,v\n-0.5,-0.5,64\n3.5,2.5,191\n", to: "points.csv")
    let task = try InpaintingTask(
      input: nil, observed: .points(path: path), truth: nil,
      size: (width: 4, height: 3), channels: 1, seed: 1)
    #expect(task.mask.observed.indices.filter { task.mask.observed[$0] } == [0, 11])
  }
}
