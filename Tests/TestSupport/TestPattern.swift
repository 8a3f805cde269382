import Signals

extension Image {
  /// A test picture with detail at every scale and no symmetry, of multiples of 1/255.
  ///
  /// The value at row y, column x, channel c is `((37 x + 101 y + 59 c + 7 x y) mod 256) / 255`.
  public static func pattern(width: Int, height: Int, channels: Int) -> Image {
    var image = Image(width: width, height: height, channels: channels)
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          image[y, x, c] = Float((37 * x + 101 * y + 59 * c + 7 * x * y) % 256) / 255
        }
      }
    }
    return image
  }
}
