import Fields
import Signals

/// A prior of pictures of any size, which applies a prior of windows to overlapping windows and blends them.
public struct WindowedPrior: ImagePrior {
  /// The prior of one window.
  public let window: any ImagePrior

  /// A prior that applies `window` to overlapping windows.
  public init(_ window: any ImagePrior) { self.window = window }

  /// Side of a window, in pixels.
  public var imageSize: Int { window.imageSize }
  /// Channels of a picture.
  public var channels: Int { window.channels }
  /// Whole pictures.
  public var scope: PriorScope { .picture }
  /// The kind of the prior of one window.
  public var kind: PriorKind { window.kind }

  /// The field of a whole picture, made of the windows' networks; see ``WindowedField``.
  ///
  /// - Throws: the errors of ``WindowedField``.
  public func grid(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> SirenGrid {
    try WindowedField(window, observations, width: width, height: height).field
  }

  /// The same as ``grid(explaining:width:height:)``.
  public func pictureField(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> any Field {
    try grid(explaining: observations, width: width, height: height)
  }

  /// Throws, because each window has its own network; see ``grid(explaining:width:height:)``.
  ///
  /// - Throws: ``PriorError/noSingleField``.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> Siren {
    throw PriorError.noSingleField
  }

  /// Restores a picture window by window.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    let result = try WindowedInpainting(window, observations, width: width, height: height)
    return Inpainting(nil, rendered: result.rendered, observations)
  }

  /// Throws, because each window has its own network.
  ///
  /// - Throws: ``PriorError/noSingleField``.
  public func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] {
    throw PriorError.noSingleField
  }
}
