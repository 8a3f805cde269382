import Signals

/// A picture laid onto another one, without resizing, and the pixels where it is to be seen.
public struct PlacedPicture: Sendable {
  /// The picture in the frame of the one below it, without alpha.
  ///
  /// Beside its visible pixels it continues with the mean of the visible neighbours, so that its gradient
  /// across its own edge is small; farther away it is 0.
  public let image: Image
  /// The pixels where it is visible, `[height * width]`.
  public let isVisible: [Bool]

  /// Lays a picture onto a frame; what does not fit into the frame is cut off.
  ///
  /// - Parameters:
  ///   - source: a picture whose pixels are visible from an alpha of one half on.
  ///   - width: columns of the frame.
  ///   - height: rows of the frame.
  ///   - column: the frame's column of the picture's first column; may be negative.
  ///   - row: the frame's row of the picture's first row; may be negative.
  public init(_ source: Image, width: Int, height: Int, column: Int = 0, row: Int = 0) {
    let colors = source.hasAlpha ? source.channels - 1 : source.channels
    var image = Image(width: width, height: height, channels: colors)
    var isVisible = [Bool](repeating: false, count: width * height)
    for y in (0..<source.height).clamped(to: -row..<height - row) {
      for x in (0..<source.width).clamped(to: -column..<width - column) {
        guard !source.hasAlpha || source[y, x, colors] >= 0.5 else { continue }
        isVisible[(y + row) * width + x + column] = true
        for channel in 0..<colors {
          image[y + row, x + column, channel] = source[y, x, channel]
        }
      }
    }
    self.isVisible = isVisible
    self.image = image.continued(beyond: isVisible)
  }
}
