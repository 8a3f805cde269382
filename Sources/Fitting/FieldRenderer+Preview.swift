import Fields
import Signals

extension FieldRenderer {
  /// The longer side of a preview, in pixels.
  private static let previewSide = 96.0

  /// Returns a function that renders a field as a small picture, to monitor a fit.
  ///
  /// - Parameters:
  ///   - width: width of the fitted picture, which determines the shape.
  ///   - height: height of the fitted picture.
  ///   - restored: converts the fitted field to the field to show.
  public static func preview(
    width: Int, height: Int, restored: @escaping @Sendable (any Field) -> any Field = { $0 }
  ) -> @Sendable (any Field) -> Image {
    let shrink = min(1, previewSide / Double(max(width, height)))
    let columns = max(1, Int(Double(width) * shrink))
    let rows = max(1, Int(Double(height) * shrink))
    return { image(of: restored($0), width: columns, height: rows) }
  }
}
