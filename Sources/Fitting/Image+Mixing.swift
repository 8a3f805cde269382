import Signals

extension Image {
  /// The weighted sum `(1 - share) self + share other`.
  func mixed(with other: Image, share: Float) -> Image {
    Image(
      width: width, height: height, channels: channels,
      values: zip(values, other.values).map { (1 - share) * $0 + share * $1 })
  }
}
