/// A picture: rows of pixels with interleaved channels.
///
/// Values are linear in the file's own encoding (no gamma is undone) and run from 0 (black) to
/// 1 (white). Storage is row-major `[height, width, channels]`: the value of channel `c` at row
/// `y`, column `x` is `values[(y * width + x) * channels + c]`.
///
/// Channels: 1 is grey, 2 is grey and alpha, 3 is red, green, blue, 4 is RGB and alpha; alpha is
/// not premultiplied. Other counts (1 to 64) are allowed for measured data.
public struct Image: Sendable, Equatable {
  /// Number of columns, at least 1.
  public let width: Int
  /// Number of rows, at least 1.
  public let height: Int
  /// Number of interleaved channels, at least 1.
  public let channels: Int
  /// `height * width * channels` values, usually in 0...1.
  public var values: [Float]

  /// A picture from its values.
  ///
  /// - Parameter values: row-major `[height, width, channels]`.
  public init(width: Int, height: Int, channels: Int, values: [Float]) {
    precondition(
      width >= 1 && height >= 1 && channels >= 1,
      "an image needs a positive size, got \(width)x\(height)x\(channels)")
    precondition(
      values.count == width * height * channels,
      "a \(width)x\(height)x\(channels) image needs \(width * height * channels) values, "
        + "got \(values.count)")
    self.width = width
    self.height = height
    self.channels = channels
    self.values = values
  }

  /// A picture of one constant value.
  public init(width: Int, height: Int, channels: Int, filledWith value: Float = 0) {
    self.init(
      width: width, height: height, channels: channels,
      values: [Float](repeating: value, count: width * height * channels))
  }

  /// The value of one channel of one pixel.
  public subscript(row: Int, column: Int, channel: Int) -> Float {
    get { values[(row * width + column) * channels + channel] }
    set { values[(row * width + column) * channels + channel] = newValue }
  }

  /// Number of pixels, `width * height`.
  public var pixelCount: Int { width * height }
}
