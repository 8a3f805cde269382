import Signals

/// A sheet of pictures in a grid of equal cells on a light background.
public enum ContactSheet {
  /// The brightness between and around the pictures.
  public static let background: Float = 0.94

  /// The size of a sheet in pixels.
  ///
  /// - Returns: `columns * cell + (columns + 1) * gap` by the same of `rows`.
  public static func size(rows: Int, columns: Int, cell: Int, gap: Int) -> (
    width: Int, height: Int
  ) {
    (columns * cell + (columns + 1) * gap, rows * cell + (rows + 1) * gap)
  }

  /// The largest number of pixels of a sheet, which common viewers still open.
  public static let largestSize = 100_000_000

  /// Makes pictures and lays them out row by row; the sheet's size is checked before they are made.
  ///
  /// - Parameters:
  ///   - count: the number of pictures, at least 1.
  ///   - columns: pictures per row, at least 1.
  ///   - cell: width and height of a cell in pixels, at least 1.
  ///   - gap: pixels between cells and at the border, at least 0.
  ///   - pictures: makes the pictures in reading order; any size, 1 to 4 channels.
  /// - Returns: a picture of 3 channels, values 0...1.
  /// - Throws: ``ContactSheetTooLarge``, or what `pictures` throws.
  public static func compose(
    count: Int, columns: Int, cell: Int, gap: Int = 4, pictures: () throws -> [Image]
  ) throws -> Image {
    precondition(columns >= 1, "a sheet needs a column, got \(columns)")
    let size = size(rows: (count + columns - 1) / columns, columns: columns, cell: cell, gap: gap)
    guard size.width <= largestSize / size.height else {
      throw ContactSheetTooLarge(width: size.width, height: size.height)
    }
    return compose(try pictures(), columns: columns, cell: cell, gap: gap)
  }

  /// A picture that is no larger than its cell, so that a sheet of thousands of photographs does not hold
  /// them all.
  public static func thumbnail(_ image: Image, cell: Int) -> Image {
    let longest = max(image.width, image.height)
    guard longest > cell else { return image }
    return image.resized(
      width: max(1, image.width * cell / longest), height: max(1, image.height * cell / longest))
  }

  /// Lays pictures out row by row.
  ///
  /// - Parameters:
  ///   - images: in reading order; any size, 1 to 4 channels.
  ///   - columns: pictures per row, at least 1.
  ///   - cell: width and height of a cell in pixels, at least 1.
  ///   - gap: pixels between cells and at the border, at least 0.
  /// - Returns: a picture of 3 channels, values 0...1.
  public static func compose(_ images: [Image], columns: Int, cell: Int, gap: Int = 4) -> Image {
    precondition(columns >= 1, "a sheet needs a column, got \(columns)")
    let rows = stride(from: 0, to: images.count, by: columns).map {
      Array(images[$0..<min($0 + columns, images.count)])
    }
    return compose(rows, cell: cell, gap: gap)
  }

  /// Lays rows of pictures out; a row may be shorter than another.
  ///
  /// Each picture keeps its shape: it is scaled to fit its cell, centred, and composited on the
  /// background where it is transparent.
  ///
  /// - Parameters:
  ///   - rows: pictures of any size, 1 to 4 channels; at least one.
  ///   - cell: width and height of a cell in pixels, at least 1.
  ///   - gap: pixels between cells and at the border, at least 0.
  /// - Returns: a picture of 3 channels, values 0...1.
  public static func compose(_ rows: [[Image]], cell: Int, gap: Int = 4) -> Image {
    precondition(cell >= 1 && gap >= 0, "cells of \(cell) pixels with gaps of \(gap)")
    let columns = rows.map(\.count).max() ?? 0
    precondition(columns >= 1, "a sheet needs a picture")
    let (width, height) = size(rows: rows.count, columns: columns, cell: cell, gap: gap)
    var sheet = Image(width: width, height: height, channels: 3, filledWith: background)
    for (row, images) in rows.enumerated() {
      for (column, image) in images.enumerated() {
        let fitted = fit(image, cell: cell)
        let top = gap + row * (cell + gap) + (cell - fitted.height) / 2
        let left = gap + column * (cell + gap) + (cell - fitted.width) / 2
        draw(fitted, on: &sheet, top: top, left: left)
      }
    }
    return sheet
  }

  private static func fit(_ image: Image, cell: Int) -> Image {
    let opaque = image.composited(onto: background).converted(toChannels: 3)
    let longest = max(image.width, image.height)
    guard longest != cell else { return opaque }
    let width = max(1, (image.width * cell + longest / 2) / longest)
    let height = max(1, (image.height * cell + longest / 2) / longest)
    return opaque.resized(width: width, height: height)
  }

  private static func draw(_ image: Image, on sheet: inout Image, top: Int, left: Int) {
    let length = image.width * 3
    for row in 0..<image.height {
      let from = row * length
      let to = ((top + row) * sheet.width + left) * 3
      for offset in 0..<length {
        sheet.values[to + offset] = min(max(image.values[from + offset], 0), 1)
      }
    }
  }
}

/// A sheet has more pixels than a viewer opens.
public struct ContactSheetTooLarge: Error, CustomStringConvertible, Equatable {
  /// Columns of the sheet, in pixels.
  public let width: Int
  /// Rows of the sheet, in pixels.
  public let height: Int

  /// A sheet of a size in pixels.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// The problem; the caller adds the advice.
  public var description: String {
    "a sheet of \(width)x\(height) pixels is too large; expected at most "
      + "\(ContactSheet.largestSize / 1_000_000) million pixels"
  }
}
