extension [Float] {
  /// A `[size, size, channels]` picture mirrored left to right.
  func mirrored(size: Int) -> [Float] {
    let channels = count / (size * size)
    var result = self
    for pixel in 0..<size * size {
      let from = pixel / size * size + size - 1 - pixel % size
      for channel in 0..<channels {
        result[pixel * channels + channel] = self[from * channels + channel]
      }
    }
    return result
  }
}
