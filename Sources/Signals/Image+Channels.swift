extension Image {
  /// Whether the last channel is alpha: so with 2 (grey, alpha) and 4 (RGBA) channels.
  public var hasAlpha: Bool { channels == 2 || channels == 4 }

  /// The alpha of each pixel, `[height * width]`, 0 transparent to 1 opaque; nil without alpha.
  public var alpha: [Float]? {
    guard hasAlpha else { return nil }
    return stride(from: channels - 1, to: values.count, by: channels).map { values[$0] }
  }

  /// The picture with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels.
  ///
  /// Colour becomes grey as Rec. 601 luma, 0.299 R + 0.587 G + 0.114 B, which is what Pillow's
  /// mode "L" does; grey becomes three equal channels. Alpha is kept where both have it, dropped
  /// where the result has none (see `composited(onto:)` for blending) and 1 where it is new.
  public func converted(toChannels newChannels: Int) -> Image {
    guard newChannels != channels else { return self }
    precondition(
      (1...4).contains(channels) && (1...4).contains(newChannels),
      "only pictures of 1 to 4 channels are converted, not \(channels) to \(newChannels)")
    var result: [Float] = []
    result.reserveCapacity(pixelCount * newChannels)
    for start in stride(from: 0, to: values.count, by: channels) {
      if newChannels >= 3 {
        for channel in 0..<3 {
          result.append(channels >= 3 ? values[start + channel] : values[start])
        }
      } else if channels >= 3 {
        result.append(
          0.299 * values[start] + 0.587 * values[start + 1] + 0.114 * values[start + 2])
      } else {
        result.append(values[start])
      }
      if newChannels.isMultiple(of: 2) {
        result.append(hasAlpha ? values[start + channels - 1] : 1)
      }
    }
    return Image(width: width, height: height, channels: newChannels, values: result)
  }

  /// The picture blended by its alpha over a constant background: 2 channels become 1, 4 become 3.
  ///
  /// A picture without alpha is returned unchanged.
  ///
  /// - Parameter background: the value of all channels behind the picture, 0 black to 1 white.
  public func composited(onto background: Float) -> Image {
    guard hasAlpha else { return self }
    let colors = channels - 1
    var result: [Float] = []
    result.reserveCapacity(pixelCount * colors)
    for start in stride(from: 0, to: values.count, by: channels) {
      let alpha = values[start + colors]
      for channel in 0..<colors {
        result.append(values[start + channel] * alpha + background * (1 - alpha))
      }
    }
    return Image(width: width, height: height, channels: colors, values: result)
  }

  /// This picture of 1 or 3 channels with the alpha of another of the same size.
  package func adding(alpha: Image) -> Image {
    let colors = hasAlpha ? channels - 1 : channels
    var result: [Float] = []
    result.reserveCapacity(pixelCount * (colors + 1))
    for pixel in 0..<pixelCount {
      result += values[pixel * channels..<pixel * channels + colors]
      result.append(alpha.values[pixel])
    }
    return Image(width: width, height: height, channels: colors + 1, values: result)
  }
}
