import Files

extension PictureFile {
  /// The page of a file that belongs to a page of another file, such as its truth or its mask.
  ///
  /// - Parameters:
  ///   - path: the file: a stack of as many pages as the other, or one picture for all of them.
  ///   - page: the page of the other file, counted from 1.
  /// - Returns: `page` if the file has several pictures, 1 if it has one.
  /// - Throws: `FileError` if the file is no picture; a page that it lacks is found by reading it.
  package static func companionPage(
    _ path: String, of page: Int, limits: ImageLimits = .standard
  ) throws -> Int {
    guard page > 1 else { return page }
    let file = try BoundedFile(
      path: path, maximumBytes: limits.maximumBytes, adviceIfTooLarge: ImageFile.adviceIfTooLarge)
    let start = try file.bytes(upTo: min(file.size, ImageFormat.signatureLength))
    switch ImageFormat(signatureOf: start) {
    case .tiff?: return TIFFHeaderParser.pageCount(.file(file)) > 1 ? page : 1
    case .npz?:
      return try ImageFile.readHeader(of: file, path: path, limits: limits).pictureCount > 1
        ? page : 1
    default: return 1
    }
  }
}
