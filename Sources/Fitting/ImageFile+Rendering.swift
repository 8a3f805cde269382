import Files
import Signals

extension ImageFile {
  /// Writes a rendering as a PNG, either completely or not at all.
  ///
  /// - Parameters:
  ///   - view: the view with which it was rendered.
  ///   - overwrite: whether an existing file may be replaced.
  /// - Throws: `FileError`.
  public static func writePNG(
    _ rendering: FieldRenderer.Rendering, _ view: FieldRenderer.View, to path: String,
    overwrite: Bool
  ) throws {
    let encoded = try encodePNG(
      samples: rendering.samples, width: view.width, height: view.height,
      channels: rendering.channels, path: path)
    try AtomicFile.write(encoded, to: path, overwrite: overwrite)
  }
}
