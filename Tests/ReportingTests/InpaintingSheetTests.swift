import Reporting
import Signals
import Testing

/// Observed, result, truth and error side by side.
@Suite struct InpaintingSheetTests {
  private let observations = PixelObservations(
    channels: 1, positions: [0, 1], values: [0.25])
  private let result = Image(width: 2, height: 1, channels: 1, values: [0.25, 1])
  private let truth = Image(width: 2, height: 1, channels: 1, values: [0.5, 0.25])

  @Test("A row shows the observed pixels on grey, and the error if the truth is known")
  func rows() {
    let observed = Image(width: 2, height: 1, channels: 1, values: [0.5, 0.25])
    let row = InpaintingSheet.row(observations, result: result, truth: truth)
    // An error of 0.25 is half way to black, and one of 0.75 beyond it.
    let error = Image(width: 2, height: 1, channels: 1, values: [0.5, 0])
    #expect(row == [observed, result, truth, error])
    #expect(InpaintingSheet.row(observations, result: result, truth: nil) == [observed, result])
  }

  @Test("Small pictures are enlarged pixel by pixel, rows lie below each other")
  func sheet() {
    let row = InpaintingSheet.row(observations, result: result, truth: truth)
    let sheet = InpaintingSheet.compose([row, row])
    let (cell, gap) = (256, 8)
    #expect((sheet.width, sheet.height) == (4 * cell + 5 * gap, 2 * cell + 3 * gap))
    // The first picture: 256x128 in the middle of its cell, each pixel 128x128.
    for (row, column) in [(gap + 64, gap), (gap + 191, gap + 127), (2 * gap + 256 + 64, gap + 5)] {
      #expect(sheet[row, column, 0] == 0.5, "at \(row), \(column)")
    }
    #expect(sheet[gap + 64, gap + 128, 0] == 0.25)
    #expect(sheet[gap + 64, 2 * gap + cell + 128, 2] == 1)
  }
}
