import Fields
import Signals

/// A prior made of a prior: pictures of any size, restored in overlapping windows of the size that the other
/// one knows, and blended.
public struct WindowedPrior: ImagePrior {
  /// The prior of one window.
  public let window: any ImagePrior

  /// A prior of pictures from a prior of windows.
  public init(_ window: any ImagePrior) { self.window = window }

  /// Side of a window, in pixels.
  public var imageSize: Int { window.imageSize }
  /// Channels of a picture.
  public var channels: Int { window.channels }
  /// Whole pictures.
  public var scope: PriorScope { .picture }
  /// What the prior of one window is made of.
  public var kind: PriorKind { window.kind }

  /// Not to be had: each window has a network of its own.
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
    return Inpainting(rendered: result.rendered, pasted: result.pasted)
  }

  /// Not to be had: each window has a network of its own.
  ///
  /// - Throws: ``PriorError/noSingleField``.
  public func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] {
    throw PriorError.noSingleField
  }
}
