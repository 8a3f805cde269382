/// The pages of a file (TIFF, NPZ) that are pictures like its first one.
public struct PictureStack: Sendable, Equatable {
  /// Pages of the same size, channels and type as the first, counted from 1, in ascending order.
  ///
  /// At least one; 1 alone for a file of one picture.
  public var pages: [Int]
  /// The pages that were compared with the first: all, or as many as the limit allows.
  public var examined: Int
  /// All pages, up to ``ImageLimits/mostPages`` and one; the thumbnails of a TIFF are no pages.
  public var total: Int

  /// A stack from its parts.
  public init(pages: [Int], examined: Int, total: Int) {
    self.pages = pages
    self.examined = examined
    self.total = total
  }

  /// A file of one picture.
  public static let single = PictureStack(pages: [1], examined: 1, total: 1)
}
