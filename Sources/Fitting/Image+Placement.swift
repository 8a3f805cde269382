import Signals

extension Image {
  /// The picture with each pixel beside a marked one set to the mean of its marked neighbours.
  func continued(beyond mask: [Bool]) -> Image {
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
