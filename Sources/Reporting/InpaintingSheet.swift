import Signals

/// Observed, result, truth and error side by side.
public enum InpaintingSheet {
  /// Small pictures are enlarged to about this size to be visible.
  private static let cell = 256

  /// The row of one picture, with truth and error if the truth is known.
  ///
  /// - Parameters:
  ///   - observations: in the channels of the result.
  ///   - result: the restored picture, values 0...1.
  ///   - truth: the whole picture, of the same shape.
  /// - Returns: pictures of the result's size: observed, result, and with a truth the truth and the error.
  public static func row(
    _ observations: PixelObservations, result: Image, truth: Image?
  ) -> [Image] {
    let observed = Image(
      width: result.width, height: result.height, channels: result.channels, filledWith: 0.5
    ).pasting(observations)
    return [observed, result] + (truth.map { [$0, error(of: result, truth: $0)] } ?? [])
  }

  /// A sheet of rows, one per picture, all of one size.
  public static func compose(_ rows: [[Image]]) -> Image {
    let side = rows.joined().map { max($0.width, $0.height) }.max() ?? cell
    let factor = max(1, cell / side)
    return ContactSheet.compose(
      rows.map { $0.map { $0.converted(toChannels: 3).enlarged(by: factor) } },
      cell: factor * side, gap: 8)
  }

  /// The mean absolute difference of the channels, white for none, black for 0.5 or more.
  private static func error(of result: Image, truth: Image) -> Image {
    let channels = result.channels
    var error = Image(width: result.width, height: result.height, channels: 1)
    for pixel in 0..<result.pixelCount {
      var sum: Float = 0
      for channel in 0..<channels {
        let position = pixel * channels + channel
        sum += abs(result.values[position] - truth.values[position])
      }
      error.values[pixel] = max(0, 1 - 2 * sum / Float(channels))
    }
    return error
  }
}
