import Fields
import Fitting
import Signals

/// A picture restored from a few observed pixels.
public struct Inpainting: Sendable {
  /// The generated network from (row, column) in -1...1 to values in -1...1; nil for a blend of windows or a grid of
  /// networks.
  public let field: Siren?
  /// The network rendered at the picture's own size, values 0...1.
  public let rendered: Image
  /// The same with the observed values pasted in.
  public let pasted: Image

  /// Renders a network that fits the observations.
  ///
  /// - Parameters:
  ///   - field: a network from (row, column) in -1...1 to values in -1...1.
  ///   - observations: the points to paste, values 0...1, in the field's channels.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels.
  public init(of field: Siren, _ observations: PixelObservations, width: Int, height: Int) {
    self.init(
      field, rendered: FieldRenderer.image(of: field, width: width, height: height),
      observations)
  }

  /// A picture that is already rendered.
  ///
  /// - Parameters:
  ///   - field: its network; nil if it is not one network.
  ///   - rendered: the picture at its own size, values 0...1.
  ///   - observations: the points to paste, in the picture's channels.
  package init(_ field: Siren?, rendered: Image, _ observations: PixelObservations) {
    self.field = field
    self.rendered = rendered
    pasted = rendered.pasting(observations)
  }

  /// The network rendered at another size, values 0...1; without a network, the resized picture.
  public func rendered(width: Int, height: Int) -> Image {
    field.map { FieldRenderer.image(of: $0, width: width, height: height) }
      ?? rendered.resized(width: width, height: height)
  }
}
