import Numerics
import Signals

/// Reads the pages of a catalog's pictures, from several threads at the same time.
///
/// The file of a stack is read and checked once for all its pages, as long as no page of another stack is
/// asked for in between.
package struct StackReader: Sendable {
  /// The bytes of a picture's file, checked.
  private let contents: @Sendable (PictureRecord) throws -> [UInt8]
  private let absolutePath: @Sendable (PictureRecord) -> String
  private let latest = Guarded<(path: String, bytes: [UInt8])?>(nil)

  /// A reader of a catalog's pictures.
  init(_ catalog: Catalog) {
    self.init(contents: catalog.bytes(of:), absolutePath: catalog.absolutePath(of:))
  }

  /// A reader with another source of the files.
  package init(
    contents: @escaping @Sendable (PictureRecord) throws -> [UInt8],
    absolutePath: @escaping @Sendable (PictureRecord) -> String
  ) {
    self.contents = contents
    self.absolutePath = absolutePath
  }

  /// A page of a picture's file as it is stored, turned upright.
  ///
  /// - Parameter page: counted from 1.
  /// - Throws: the errors of `Catalog.stored(_:page:)`.
  package func stored(_ record: PictureRecord, page: Int) throws -> StoredPicture {
    try PictureFile.decode(
      bytes(of: record), page: page, keepsMetadata: false, path: absolutePath(record))
  }

  private func bytes(of record: PictureRecord) throws -> [UInt8] {
    // A file of one page is read once anyway; threads need not wait for one another.
    guard record.pages.count > 1 else { return try contents(record) }
    return try latest.withLock { latest in
      if let latest, latest.path == record.path { return latest.bytes }
      // Not two large files at a time.
      latest = nil
      let bytes = try contents(record)
      latest = (record.path, bytes)
      return bytes
    }
  }
}
