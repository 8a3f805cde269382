import Fields
import Signals

extension FieldRenderer {
  /// The longer side of a preview, in pixels.
  private static let previewSide = 96.0

  /// A function that draws a field as a small picture, for looking at a fit on its way.
  ///
  /// - Parameters:
  ///   - width: of the picture that is fitted, which gives the shape.
  ///   - height: likewise.
  ///   - restored: the field to show of the one that is fitted.
  public static func preview(
    width: Int, height: Int, restored: @escaping @Sendable (any Field) -> any Field = { $0 }
  ) -> @Sendable (any Field) -> Image {
    let shrink = min(1, previewSide / Double(max(width, height)))
    let columns = max(1, Int(Double(width) * shrink))
    let rows = max(1, Int(Double(height) * shrink))
    return { image(of: restored($0), width: columns, height: rows) }
  }
}
