import Fields
import Signals

/// A prior that restores pictures of any size and of 1 to 4 channels, each as a grid of networks.
public protocol PictureFieldPrior: ImagePrior {}

extension PictureFieldPrior {
  /// 3: the channels that pictures have without observations; pictures of 1 to 4 channels are restored.
  public var channels: Int { 3 }
  /// True: pictures are restored in their own channels.
  public var keepsChannels: Bool { true }
  /// Whole pictures.
  public var scope: PriorScope { .picture }

  /// Throws, because a picture is a grid of networks; see ``ImagePrior/pictureField(explaining:width:height:)``.
  ///
  /// - Throws: ``PriorError/gridOfNetworks``.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> Siren { throw PriorError.gridOfNetworks }

  /// Throws, because pictures have no codes between which to interpolate.
  ///
  /// - Throws: ``PriorError/noCodes``.
  public func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren] { throw PriorError.noCodes }
}
