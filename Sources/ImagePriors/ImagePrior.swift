import Fields
import Fitting
import Signals

/// A prior over the pictures of a collection, which generates a SIREN from a few observed pixels.
///
/// A prior never opens a collection. It is trained on ``TrainingPictures`` and conditioned on
/// `PixelObservations`. Commands and evaluations depend on this protocol only.
public protocol ImagePrior: Sendable {
  /// Side of the square training pictures, in pixels.
  var imageSize: Int { get }
  /// Channels of a picture.
  var channels: Int { get }
  /// Whether pictures of any number of channels are restored as they are, instead of being converted.
  var keepsChannels: Bool { get }
  /// Whether the prior was trained on whole pictures or on windows of larger ones.
  var scope: PriorScope { get }
  /// The kind of the prior, for descriptions.
  var kind: PriorKind { get }

  /// The SIREN that fits the observed points of one picture.
  ///
  /// It maps (row, column) in -1...1 to values in -1...1.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points of values 0...1 in the prior's channels.
  ///   - width: width in pixels of the picture to which positions refer.
  ///   - height: height of that picture in pixels.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func field(explaining observations: PixelObservations, width: Int, height: Int) throws -> Siren

  /// The field of a whole picture: the network of ``field(explaining:width:height:)``, or a grid of networks.
  ///
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func pictureField(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> any Field

  /// Restores a picture from observed pixels.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points of values 0...1 in the prior's channels.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels; the prior's square is stretched over a picture that is
  ///     not square.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func inpaint(_ observations: PixelObservations, width: Int, height: Int) throws -> Inpainting

  /// Restores a picture, and renders it at another size too.
  ///
  /// - Parameter otherSize: the other size, in pixels.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func inpaint(
    _ observations: PixelObservations, width: Int, height: Int,
    otherSize: (width: Int, height: Int)
  ) throws -> (own: Inpainting, other: Image)

  /// Fields between two restored pictures, whose codes are interpolated linearly.
  ///
  /// - Parameters:
  ///   - first: 0 or more observations in the prior's channels, and the size to which they refer.
  ///   - second: the same for the other picture.
  ///   - steps: the number of fields including both ends, at least 2.
  /// - Returns: networks from (row, column) in -1...1 to values in -1...1; the ends equal the fields of
  ///   ``inpaint(_:width:height:)`` for the same observations.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren]

  /// The computation that the posteriors of many pictures share; nil for a prior without posteriors.
  func posteriors() -> (any PosteriorSource)?
}

extension ImagePrior {
  /// The picture of the field that fits the observations.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    Inpainting(
      of: try field(explaining: observations, width: width, height: height), observations,
      width: width, height: height)
  }

  /// The network that fits the observations.
  public func pictureField(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> any Field {
    try field(explaining: observations, width: width, height: height)
  }

  /// The picture, and its field rendered at another size.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int,
    otherSize: (width: Int, height: Int)
  ) throws -> (own: Inpainting, other: Image) {
    let own = try inpaint(observations, width: width, height: height)
    guard own.field == nil else {
      return (own, own.rendered(width: otherSize.width, height: otherSize.height))
    }
    let field = try pictureField(explaining: observations, width: width, height: height)
    return (
      own, FieldRenderer.image(of: field, width: otherSize.width, height: otherSize.height)
    )
  }

  /// False: pictures are converted to the prior's channels.
  public var keepsChannels: Bool { false }

  /// Nil: no posteriors.
  public func posteriors() -> (any PosteriorSource)? { nil }
}

/// The training data of a prior, which decides what it restores.
public enum PriorScope: String, Codable, Sendable {
  /// Whole pictures of aligned subjects.
  case picture
  /// Windows of larger pictures, at their own resolution.
  case window

  /// The plural noun for the training data.
  public var noun: String {
    switch self {
    case .picture: "pictures"
    case .window: "windows"
    }
  }
}
