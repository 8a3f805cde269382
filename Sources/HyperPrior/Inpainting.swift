import Fields
import Fitting
import Signals

/// A picture restored from a few observed pixels.
public struct Inpainting: Sendable {
  /// The generated network: row and column in -1...1 to values in -1...1.
  public let field: Siren
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

  /// The network rendered at another size, values 0...1.
  public func rendered(width: Int, height: Int) -> Image {
    FieldRenderer.image(of: field, width: width, height: height)
  }
}

extension PriorModel {
  /// Restores a picture from observed pixels.
  ///
  /// - Parameters:
  ///   - observations: values 0...1 in the prior's channels.
  ///   - width: of the picture, in pixels.
  ///   - height: of the picture; a picture that is not square is stretched over the prior's square.
  /// - Throws: ``PriorError``.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    let field = try field(explaining: observations, width: width, height: height)
    return Inpainting(of: field, observations, width: width, height: height)
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
