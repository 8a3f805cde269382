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

extension Image {
  /// The picture with each pixel beside a marked one set to the mean of its marked neighbours.
  fileprivate func continued(beyond mask: [Bool]) -> Image {
    var result = self
    // Its memory serves all pixels.
    var neighbours: [Int] = []
    for pixel in mask.indices where !mask[pixel] {
      let (row, column) = (pixel / width, pixel % width)
      neighbours.removeAll(keepingCapacity: true)
      if row > 0, mask[pixel - width] { neighbours.append(pixel - width) }
      if row + 1 < height, mask[pixel + width] { neighbours.append(pixel + width) }
      if column > 0, mask[pixel - 1] { neighbours.append(pixel - 1) }
      if column + 1 < width, mask[pixel + 1] { neighbours.append(pixel + 1) }
      guard !neighbours.isEmpty else { continue }
      for channel in 0..<channels {
        let sum = neighbours.reduce(0) { $0 + values[$1 * channels + channel] }
        result.values[pixel * channels + channel] = sum / Float(neighbours.count)
      }
    }
    return result
  }

  /// This picture where a mask is set, and another one, with its alpha, elsewhere.
  ///
  /// - Parameters:
  ///   - mask: `[height * width]`.
  ///   - background: a picture of the same size and colours, with or without alpha, which has the
  ///     result's channels; alpha is full where the mask is set.
  public func inserted(into background: Image, where mask: [Bool]) -> Image {
    let colors = background.hasAlpha ? background.channels - 1 : background.channels
    precondition(
      !hasAlpha && channels == colors && mask.count == pixelCount
        && background.pixelCount == pixelCount,
      "a picture of \(width)x\(height)x\(channels) does not fit into one of "
        + "\(background.width)x\(background.height)x\(background.channels)")
    var result = background
    for pixel in mask.indices where mask[pixel] {
      let start = pixel * background.channels
      for channel in 0..<colors {
        result.values[start + channel] = values[pixel * channels + channel]
      }
      if background.hasAlpha { result.values[start + colors] = 1 }
    }
    return result
  }
}
