import Fields
import Fitting
import Signals

/// A picture restored from a few observed pixels.
public struct Inpainting: Sendable {
  /// The generated network: row and column in -1...1 to values in -1...1; nil where windows have a network
  /// each.
  public let field: Siren?
  /// The network rendered at the picture's own size, values 0...1.
  public let rendered: Image
  /// The same with the observed pixels set to what was observed.
  public let pasted: Image

  /// The picture of a network that explains the observations.
  ///
  /// - Parameters:
  ///   - field: (row, column) in -1...1 to values in -1...1.
  ///   - observations: pasted, values 0...1; in the field's channels.
  ///   - width: of the picture, in pixels.
  ///   - height: of the picture.
  public init(of field: Siren, _ observations: PixelObservations, width: Int, height: Int) {
    self.init(
      field: field, rendered: FieldRenderer.image(of: field, width: width, height: height),
      observations)
  }

  init(field: Siren, rendered: Image, _ observations: PixelObservations) {
    self.field = field
    self.rendered = rendered
    pasted = rendered.pasting(observations)
  }

  init(rendered: Image, pasted: Image) {
    field = nil
    self.rendered = rendered
    self.pasted = pasted
  }

  /// The network rendered at another size, values 0...1; without a network, the picture resized.
  public func rendered(width: Int, height: Int) -> Image {
    field.map { FieldRenderer.image(of: $0, width: width, height: height) }
      ?? rendered.resized(width: width, height: height)
  }
}

extension Image {
  /// This picture with the nearest pixel of each observation set to its value; observations outside
  /// change nothing.
  public func pasting(_ observations: PixelObservations) -> Image {
    precondition(
      observations.channels == channels,
      "observations of \(observations.channels) channels in a picture of \(channels)")
    var result = self
    for point in 0..<observations.count {
      guard let pixel = observations.nearestPixel(of: point, width: width, height: height)
      else { continue }
      for channel in 0..<channels {
        result[pixel.row, pixel.column, channel] = observations.values[point * channels + channel]
      }
    }
    return result
  }
}
