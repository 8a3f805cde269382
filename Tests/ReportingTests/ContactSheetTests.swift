import Reporting
import Signals
import Testing

@Suite struct ContactSheetTests {
  private let red = Image(
    width: 1, height: 1, channels: 3, values: [1, 0, 0])

  @Test func sizeFollowsFromCellsAndGaps() {
    let images = [Image](repeating: Image(width: 8, height: 8, channels: 1), count: 5)
    let sheet = ContactSheet.compose(images, columns: 3, cell: 8, gap: 2)
    #expect((sheet.width, sheet.height, sheet.channels) == (3 * 8 + 4 * 2, 2 * 8 + 3 * 2, 3))
    let size = ContactSheet.size(rows: 2, columns: 3, cell: 8, gap: 2)
    #expect((size.width, size.height) == (sheet.width, sheet.height))
  }

  @Test func picturesLieInReadingOrder() {
    let grey = Image(width: 4, height: 4, channels: 1, filledWith: 0.25)
    let white = Image(width: 4, height: 4, channels: 1, filledWith: 1)
    let sheet = ContactSheet.compose([grey, white, red], columns: 2, cell: 4, gap: 1)
    #expect(sheet[1, 1, 0] == 0.25 && sheet[4, 4, 2] == 0.25)
    #expect(sheet[1, 6, 0] == 1 && sheet[4, 9, 1] == 1)
    #expect(sheet[6, 1, 0] == 1 && sheet[6, 1, 1] == 0)
    // Gaps, borders and the empty cell keep the background.
    for (row, column) in [(0, 0), (5, 3), (3, 5), (8, 8)] {
      #expect(sheet[row, column, 1] == ContactSheet.background, "at \(row), \(column)")
    }
  }

  @Test func picturesKeepTheirShape() {
    let wide = Image(width: 40, height: 20, channels: 1)
    let sheet = ContactSheet.compose([wide], columns: 1, cell: 8, gap: 0)
    let isDark = (0..<8).map { sheet[$0, 4, 0] < 0.5 }
    #expect(isDark == [false, false, true, true, true, true, false, false])
  }

  @Test func transparencyShowsTheBackground() {
    let clear = Image(width: 4, height: 4, channels: 4, filledWith: 0)
    let sheet = ContactSheet.compose([[clear]], cell: 4, gap: 0)
    #expect(sheet.values.allSatisfy { abs($0 - ContactSheet.background) < 1e-6 })
  }

  @Test func rowsMayDifferInLength() {
    let sheet = ContactSheet.compose([[red], [red, red, red]], cell: 4, gap: 1)
    #expect((sheet.width, sheet.height) == (16, 11))
  }

  @Test("A sheet that is too large is refused before its pictures are made")
  func tooLarge() throws {
    let error = #expect(throws: ContactSheetTooLarge(width: 20_012, height: 10_008)) {
      try ContactSheet.compose(count: 2, columns: 2, cell: 10_000) {
        Issue.record("a picture was asked for")
        return []
      }
    }
    #expect(
      error?.description
        == "a sheet of 20012x10008 pixels is too large; expected at most 100 million pixels")
    let images = [red, red, red]
    let sheet = try ContactSheet.compose(count: 3, columns: 2, cell: 4, gap: 1) { images }
    #expect(sheet == ContactSheet.compose(images, columns: 2, cell: 4, gap: 1))
  }

  @Test("A thumbnail is no larger than its cell, and never enlarged")
  func thumbnails() {
    let wide = Image(width: 40, height: 10, channels: 1, filledWith: 0.5)
    let small = ContactSheet.thumbnail(wide, cell: 8)
    #expect((small.width, small.height, small.channels) == (8, 2, 1))
    #expect(ContactSheet.thumbnail(red, cell: 8) == red)
    let line = ContactSheet.thumbnail(Image(width: 400, height: 1, channels: 1), cell: 8)
    #expect((line.width, line.height) == (8, 1))
  }
}
