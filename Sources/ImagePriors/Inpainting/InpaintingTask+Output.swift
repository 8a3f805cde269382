import Signals

extension InpaintingTask {
  /// A result in the format of the picture's own file: its type of samples, range and channels, colour profile and
  /// resolution.
  ///
  /// Restored pixels are opaque; elsewhere alpha stays.
  ///
  /// - Parameters:
  ///   - result: the restored picture, values 0...1, of any size.
  ///   - keepingObserved: whether observed samples are written bit for bit as they were read, which needs the
  ///     picture's own size.
  ///   - container: the kind of file. The picture of a table is written in the table's own units where the file holds
  ///     them, and otherwise in 8 bits of the table's range.
  public func stored(
    _ result: Image, keepingObserved: Bool, for container: PictureContainer
  ) -> StoredPicture {
    guard let source else {
      return StoredPicture(result, as: tableFormat(channels: result.channels, container))
    }
    let isOwnSize = result.width == width && result.height == height
    var colors = result
    if let alpha = source.alpha {
      var kept = Image(width: width, height: height, channels: 1, values: alpha)
      for pixel in mask.observed.indices where !mask.observed[pixel] { kept.values[pixel] = 1 }
      colors = result.adding(
        alpha: isOwnSize ? kept : kept.resized(width: result.width, height: result.height))
    }
    var format = source.format
    format.resolution = format.resolution?.scaled(
      fromWidth: width, height: height, toWidth: result.width, height: result.height)
    let stored = StoredPicture(colors, as: format)
    guard keepingObserved && observesSource && isOwnSize else { return stored }
    return stored.keeping(mask.observed, of: source)
  }

  private func tableFormat(channels: Int, _ container: PictureContainer) -> PictureFormat {
    guard let table, [.npy, .tiff].contains(container) else { return .ordinary(channels: channels) }
    return PictureFormat(
      type: .float32, channels: channels,
      range: ValueRange(table.range.lowerBound, table.range.upperBound))
  }
}

extension Image {
  /// The picture with 0 in place of values that are not finite, which nothing may observe.
  func replacingValuesThatAreNotFinite() -> Image {
    guard !values.allSatisfy(\.isFinite) else { return self }
    return Image(
      width: width, height: height, channels: channels,
      values: values.map { $0.isFinite ? $0 : 0 })
  }
}
