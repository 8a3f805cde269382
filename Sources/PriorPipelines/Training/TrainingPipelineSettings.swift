import HyperNetworks
import ImagePriors
import Training

/// Everything that decides what ``TrainingPipeline`` learns and where it goes, apart from the pictures.
public struct TrainingPipelineSettings: Sendable {
  /// Which kind of prior is learned.
  public enum Kind: Sendable, Equatable {
    /// A closed form of whole pictures or of windows, and perhaps a network that corrects it.
    case subspace(PriorScope, ResidualNetworkChoice)
    /// An encoder and a hypernetwork; conditioned as its head's default says where that is nil.
    case hypernetwork(EncoderKind, HeadKind, isConditioned: Bool?)
  }

  /// Whether a residual network is trained beside the closed form.
  public enum ResidualNetworkChoice: Sendable, Equatable {
    /// The closed form alone.
    case never
    /// Where there are enough pictures.
    case ifPossible
    /// Too few pictures are an error.
    case required
  }

  /// What is learned.
  public var kind: Kind
  /// Side of the square training pictures, or windows, in pixels.
  public var imageSize: Int
  /// Channels of a picture: 1 grey, 3 colour.
  public var channels = 3
  /// How long a network is trained.
  public var length = Self.defaultLength
  /// Pictures per update; nil for the network's default.
  public var batchSize: Int?
  /// The peak learning rate; nil for the network's default.
  public var learningRate: Float?
  /// Whether a mirrored picture is as likely as the picture.
  public var mirrors = true
  /// Decides every random choice.
  public var seed: UInt64 = 1

  /// The model file to write.
  public var output: String
  /// Whether an existing model file, or an interrupted run, is replaced.
  public var overwrites = false
  /// Whether to go on with the interrupted run of the same settings.
  public var resumes = false

  /// Name and version of the program, for the model file.
  public var program: String
  /// The command line, for the catalog's record of the run; without the program's name.
  public var arguments: [String] = []

  /// Ten minutes of training.
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

  /// Where an interrupted run is saved: beside the model file.
  public var checkpointPath: String { output + ".checkpoint" }

  /// What is learned from.
  var scope: PriorScope {
    if case .subspace(let scope, _) = kind { scope } else { .picture }
  }
}
