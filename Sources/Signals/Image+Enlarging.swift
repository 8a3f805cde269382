extension Image {
  /// Every pixel as a square of `factor` pixels, so that single pixels stay visible.
  ///
  /// - Parameter factor: at least 1.
  public func enlarged(by factor: Int) -> Image {
    if factor == 1 { return self }
    var result = Image(width: width * factor, height: height * factor, channels: channels)
    for row in 0..<result.height {
      for column in 0..<result.width {
        for channel in 0..<channels {
          result[row, column, channel] = self[row / factor, column / factor, channel]
        }
      }
    }
    return result
  }
}
