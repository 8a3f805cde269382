import CommandSupport
import Reporting
import Signals

/// The largest sheet, in pixels: what a viewer still opens.
private let largestSheet = 100_000_000
private let gap = 4

/// Makes pictures of one size and writes them as a sheet; its size is checked before they are made.
///
/// - Parameters:
///   - count: how many pictures there will be.
///   - columns: pictures a row.
///   - width: of each picture, in pixels.
///   - height: of each picture.
func writeSheet(
  count: Int, columns: Int, width: Int, height: Int, to path: String,
  _ overwrite: OverwriteOptions, pictures: () throws -> [Image]
) throws {
  let cell = max(width, height)
  let size = ContactSheet.size(
    rows: (count + columns - 1) / columns, columns: columns, cell: cell, gap: gap)
  guard size.width <= largestSheet / size.height else {
    throw CommandFailure.usage(
      "a sheet of \(size.width)x\(size.height) pixels is too large; expected at most 100 million "
        + "pixels: ask for fewer pictures or a smaller --size")
  }
  let sheet = ContactSheet.compose(try pictures(), columns: columns, cell: cell, gap: gap)
  try ImageFile.writePNG(sheet, to: path, overwrite: overwrite.force)
}
