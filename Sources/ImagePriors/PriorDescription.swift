import Files
import Training

/// What the file of a prior is, for people and scripts.
public struct PriorDescription: Sendable, Equatable {
  /// What the prior is made of.
  public let kind: PriorKind
  /// Side of the square training pictures, in pixels.
  public let imageSize: Int
  /// Channels of a picture.
  public let channels: Int
  /// Whether it restores whole pictures or windows of larger ones.
  public let scope: PriorScope
  /// How many numbers the file holds.
  public let parameterCount: Int
  /// What the file says of its origin, such as `training` and `program`; any text.
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
