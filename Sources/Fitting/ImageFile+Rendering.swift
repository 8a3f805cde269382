import Signals

extension ImageFile {
  /// Writes a rendering in the format of the path's extension, either completely or not at all.
  ///
  /// - Parameters:
  ///   - view: the view with which it was rendered.
  ///   - overwrite: whether an existing file may be replaced.
  /// - Throws: `FileError`.
  public static func write(
    _ rendering: FieldRenderer.Rendering, _ view: FieldRenderer.View, to path: String,
    overwrite: Bool
  ) throws {
    try PictureFile.write(
      StoredPicture(
        width: view.width, height: view.height, format: .ordinary(channels: rendering.channels),
        samples: rendering.samples), to: path, overwrite: overwrite)
  }
}
