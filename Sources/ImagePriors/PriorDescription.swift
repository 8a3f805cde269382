import Files
import Training

/// A description of the file of a prior.
public struct PriorDescription: Sendable, Equatable {
  /// The kind of the prior.
  public let kind: PriorKind
  /// Side of the square training pictures, in pixels.
  public let imageSize: Int
  /// Channels of a picture.
  public let channels: Int
  /// Whether it restores whole pictures or windows of larger ones.
  public let scope: PriorScope
  /// The number of values in the file.
  public let parameterCount: Int
  /// The file's metadata about its origin, such as `training` and `program`.
  public let provenance: [String: String]

  /// Describes a prior and the archive that it was read from.
  public init(of prior: any ImagePrior, in archive: SafetensorsArchive) {
    kind = prior.kind
    imageSize = prior.imageSize
    channels = prior.channels
    scope = prior.scope
    parameterCount = archive.arrays.reduce(0) { $0 + $1.values.count }
    provenance = archive.metadata.filter { $0.key != "kind" && $0.key != "configuration" }
  }
}
