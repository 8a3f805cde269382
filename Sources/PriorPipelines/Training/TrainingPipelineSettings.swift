import HyperNetworks
import ImagePriors
import Signals
import Training

/// The settings of a ``TrainingPipeline``: the kind of prior, the training and the output.
public struct TrainingPipelineSettings: Sendable {
  /// The kind of the prior.
  public enum Kind: Sendable, Equatable {
    /// A subspace prior of whole pictures if the collection's pictures are aligned, else a grid prior; see
    /// ``CollectionAlignment``.
    case automatic(ResidualNetworkChoice)
    /// A subspace prior of whole pictures or of windows, with or without a residual network.
    case subspace(PriorScope, ResidualNetworkChoice)
    /// An encoder and a hypernetwork; if `isConditioned` is nil, the head's default applies.
    case hypernetwork(EncoderKind, HeadKind, isConditioned: Bool?)
    /// A convolutional set encoder that generates a grid of SIRENs, for pictures of any kind.
    case grid
  }

  /// Whether a residual network is trained in addition to the closed form.
  public enum ResidualNetworkChoice: Sendable, Equatable {
    /// Only the closed form is computed.
    case never
    /// A residual network is trained if there are enough pictures.
    case ifPossible
    /// A residual network is trained; too few pictures are an error.
    case required
  }

  /// The kind of the prior.
  public var kind: Kind
  /// Side of the square training pictures, or windows, in pixels.
  public var imageSize: Int
  /// Side of a grid prior's training windows in pixels; nil for 96, or less if no picture is that large.
  public var windowSize: Int?
  /// Channels of a picture: 1 grey, 3 colour.
  public var channels = 3
  /// How the samples that become 0 and 1 are chosen; nil for what the catalog says.
  public var range: RangeChoice?
  /// The length of a network's training.
  public var length = Self.defaultLength
  /// Pictures per update; nil for the network's default.
  public var batchSize: Int?
  /// The peak learning rate; nil for the network's default.
  public var learningRate: Float?
  /// The largest standard deviation of the noise of a grid prior's observations, for values 0...1.
  public var noise: Float = 0
  /// The file of a grid prior from which a grid prior's training starts; nil to start from nothing.
  public var initialModel: String?
  /// Whether mirrored pictures are equally likely.
  public var mirrors = true
  /// The seed of every random choice.
  public var seed: UInt64 = 1

  /// The model file to write.
  public var output: String
  /// Whether an existing model file or an interrupted run is replaced.
  public var overwrites = false
  /// Whether to continue the interrupted run of the same settings.
  public var resumes = false

  /// Name and version of the program, for the model file.
  public var program: String
  /// The command line without the program's name, for the catalog's record of the run.
  public var arguments: [String] = []

  /// Ten minutes.
  public static let defaultLength = TrainingLength.seconds(600)

  /// The defaults for a kind of prior.
  ///
  /// - Parameters:
  ///   - imageSize: side of the training pictures, in pixels.
  ///   - output: the model file to write.
  ///   - program: name and version of the program, for the model file.
  public init(_ kind: Kind, imageSize: Int, output: String, program: String) {
    self.kind = kind
    self.imageSize = imageSize
    self.output = output
    self.program = program
  }

  /// The checkpoint of an interrupted run, in the folder of the model file.
  public var checkpointPath: String { output + ".checkpoint" }

  /// Whether the prior is trained on whole pictures or on windows.
  var scope: PriorScope {
    switch kind {
    case .subspace(let scope, _): scope
    case .automatic, .hypernetwork: .picture
    case .grid: .window
    }
  }
}
