import Training

/// What the file of a trained prior is, for people and scripts.
public struct PriorDescription: Sendable, Equatable {
  /// The two kinds of prior.
  public enum Kind: Sendable, Equatable {
    /// In closed form: numbers of components, of functions and of kept codes, whether mirrored
    /// pictures count as pictures, and the network that corrects it, if there is one.
    case components(Int, functions: Int, codes: Int, mirrors: Bool, correction: Correction?)
    /// Trained by descent: its encoder, its head, and the network that it generates, given by the
    /// width and the number of its sine layers.
    case network(encoder: EncoderKind, head: HeadKind, fieldWidth: Int, fieldLayers: Int)
  }

  /// A network that corrects a closed form.
  public struct Correction: Sendable, Equatable {
    /// How many parameters it has.
    public let parameters: Int
    /// Of how many neighbours, in effective number, it is shown what they make of the points; nil if of none.
    public let neighbours: Int?
  }

  /// Which one.
  public let kind: Kind
  /// Side of the square training pictures, in pixels.
  public let imageSize: Int
  /// Channels of a picture.
  public let channels: Int
  /// Whether it is to restore whole pictures or windows of larger ones.
  public let scope: PriorScope
  /// How many numbers the file holds.
  public let parameterCount: Int
  /// What the file says of its origin, such as `training` and `program`; any text.
  public let provenance: [String: String]

  /// Describes a file; it is read and checked as for use.
  ///
  /// - Throws: ``PriorError``, or `SafetensorsError` for a file that is not safetensors.
  public init(reading path: String) throws {
    let archive = try PriorModel.readArchive(path)
    let prior = try TrainedPrior(archive: archive, path: path)
    switch prior {
    case .components(let own):
      kind = .components(
        own.codeLength, functions: own.basis.count, codes: own.codeCount,
        mirrors: own.mirror != nil,
        correction: own.correction.map {
          Correction(
            parameters: $0.network.parameters.values.count,
            neighbours: $0.network.configuration.neighbourhood.map { Int($0) })
        })
    case .network(let model):
      let shape = model.configuration
      kind = .network(
        encoder: shape.encoder, head: shape.head, fieldWidth: shape.field.hiddenWidth,
        fieldLayers: shape.field.hiddenLayers + 1)
    }
    imageSize = prior.imageSize
    channels = prior.channels
    scope = prior.scope
    parameterCount = archive.arrays.reduce(0) { $0 + $1.values.count }
    provenance = archive.metadata.filter { $0.key != "kind" && $0.key != "configuration" }
  }
}
