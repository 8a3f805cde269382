import Fields
import Signals

/// Knowledge about the pictures of a collection, learned from it: a few observed pixels go in, the SIREN that
/// explains them comes out.
///
/// A prior never opens a collection; it is handed pictures (``TrainingPictures``) to learn from and points
/// (`PixelObservations`) to explain. Commands and evaluations know this protocol alone.
public protocol ImagePrior: Sendable {
  /// Side of the square training pictures, in pixels.
  var imageSize: Int { get }
  /// Channels of a picture.
  var channels: Int { get }
  /// Whether the prior was learned from whole pictures or from windows of larger ones.
  var scope: PriorScope { get }
  /// What the prior is made of, for people and scripts.
  var kind: PriorKind { get }

  /// The SIREN that explains the observed points of one picture: from (row, column) in -1...1 to
  /// values in -1...1.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points, values 0...1, in the prior's channels.
  ///   - width: of the picture that positions refer to, in pixels.
  ///   - height: of that picture.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func field(explaining observations: PixelObservations, width: Int, height: Int) throws -> Siren

  /// Restores a picture from observed pixels.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points, values 0...1, in the prior's channels.
  ///   - width: of the picture, in pixels.
  ///   - height: of the picture; one that is not square is stretched over the prior's square.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func inpaint(_ observations: PixelObservations, width: Int, height: Int) throws -> Inpainting

  /// Fields between two restored pictures: what the prior knows of each is mixed linearly, from the first
  /// picture's own to the second's.
  ///
  /// - Parameters:
  ///   - first: observations, 0 or more, in the prior's channels, and the size they refer to.
  ///   - second: the same of the other picture.
  ///   - steps: how many fields, at least 2, both ends included.
  /// - Returns: networks from (row, column) in -1...1 to values in -1...1; the ends are what `inpaint`
  ///   gives for the same observations.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  func interpolation(
    from first: InpaintingTask, to second: InpaintingTask, steps: Int
  ) throws -> [Siren]

  /// Prepares what the posteriors of many pictures share; nil for a prior that does not know how sure it is.
  func posteriors() -> (any PosteriorSource)?
}

extension ImagePrior {
  /// The picture of the field that explains the observations.
  public func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Inpainting {
    Inpainting(
      of: try field(explaining: observations, width: width, height: height), observations,
      width: width, height: height)
  }

  /// No posteriors.
  public func posteriors() -> (any PosteriorSource)? { nil }
}

/// What a prior was learned from, and so what it restores.
public enum PriorScope: String, Codable, Sendable {
  /// Whole pictures of aligned subjects.
  case picture
  /// Windows of larger pictures, at their own resolution.
  case window
}
