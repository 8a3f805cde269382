import ArgumentParser
import CommandSupport
import HyperNetworks
import ImagePriors
import Numerics
import PriorPipelines

/// `siren-hyper train`: learns a prior from a collection.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a prior from a collection of pictures.",
    discussion: """
      Indexes the folder if need be, then learns from its train split and judges by the validation \
      split. Pictures are cropped to squares, shrunk to --size and decoded once. The default, --prior \
      subspace, is a closed form that is computed in minutes, and a residual network that is trained to \
      correct it for as long as --for says. --prior hypernetwork trains an encoder and a hypernetwork \
      instead. During training Ctrl-C saves, and the same command with --resume goes on exactly where \
      it stopped.

      --windows learns from random windows of --size pixels instead, at the pictures' own \
      resolution: for textures, scans and photographs that are larger than the structures the prior \
      models. 'inpaint' then restores pictures of any size window by window. Without a validation \
      split the lowest quarter of every picture is held out. Windows are learned in closed form alone \
      unless --for or --steps is given.

      EXAMPLES
        siren-hyper train --dataset faces
        siren-hyper train --dataset faces --size 64 --for 1h -o faces64.safetensors
        siren-hyper train --dataset faces --size 64 --for 1h -o faces64.safetensors --resume
        siren-hyper train --dataset faces --no-residual
        siren-hyper train --dataset scans --channels 1 --no-flips
        siren-hyper train --dataset photographs --windows -o windows.safetensors
        siren-hyper train --dataset faces --prior hypernetwork --for 30m -o network.safetensors
      """)

  @Option(
    help: ArgumentHelp("The folder of the pictures.", valueName: "dir"), completion: .directory)
  var dataset: String

  @Option(
    help: ArgumentHelp(
      "The catalog file (default: DIR/.siren/catalog.sqlite).", valueName: "file"),
    completion: .file())
  var catalog: String?

  @Option(help: "Side of the training pictures in pixels, 8 to 128.")
  var size = 32

  @Option(help: "Channels of the pictures: 1 grey, 3 colour.")
  var channels = 3

  @Option(
    help:
      "What looks at the points: attention, convolutional or set (the paper's). Default: attention."
  )
  var encoder: EncoderKind?

  @Option(
    help: ArgumentHelp(
      "subspace (closed form and residual network) or hypernetwork (encoder and hypernetwork). "
        + "Default: subspace, or hypernetwork where an --encoder or --head is named."))
  var prior: PriorOption?

  @Option(
    help: ArgumentHelp(
      "What a hypernetwork generates: modulated (scales and shifts of a learned base), low-rank "
        + "(changes of low rank) or full (every weight, the paper's). Default: modulated."))
  var head: HeadOption?

  @Flag(
    inversion: .prefixedNo,
    help:
      "Fit the last layer of a generated SIREN to the observed points in closed form (default: unless the head is full)."
  )
  var conditioning: Bool?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "How long to train, such as 30s, 10m or 1.5h (default: 10m).", valueName: "time"))
  var time: TimeLimit?

  @Option(help: "How many updates to make, instead of --for; makes the result repeatable.")
  var steps: Int?

  @Option(help: "Pictures an update.")
  var batch: Int?

  @Option(help: "The peak learning rate.")
  var learningRate: Float?

  @Flag(
    name: [.customLong("no-residual"), .customLong("no-correction")],
    help: "Learn the closed form alone, without the residual network.")
  var noResidual = false

  @Flag(help: "Learn from windows of the pictures instead of whole pictures.")
  var windows = false

  @Flag(help: "Never mirror pictures, for collections with a left and a right.")
  var noFlips = false

  @Option(help: "Decides every random choice.")
  var seed: UInt64 = 1

  @Flag(help: "Go on with the interrupted run of the same options.")
  var resume = false

  @Option(name: .shortAndLong, help: "The model file to write.", completion: .file())
  var output = ImagePriorFile.defaultName

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (8...128).contains(size) else {
      throw ValidationError("--size is \(size), expected 8 to 128 pixels.")
    }
    guard channels == 1 || channels == 3 else {
      throw ValidationError("--channels is \(channels), expected 1 (grey) or 3 (colour).")
    }
    try checkRunLength(time: time, steps: steps)
    guard batch.map({ (1...1_024).contains($0) }) ?? true else {
      throw ValidationError("--batch is \(batch ?? 0), expected 1 to 1024 pictures.")
    }
    guard learningRate.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--learning-rate is \(learningRate ?? 0), expected above 0 up to 1.")
    }
    try checkPrior()
  }

  /// Fails where options contradict each other about the kind of prior.
  private func checkPrior() throws {
    let named = head.map { "--head \($0.rawValue)" } ?? encoder.map { "--encoder \($0.rawValue)" }
    if prior == .hypernetwork && head == .components {
      throw ValidationError("--head components is --prior subspace; leave one of them out.")
    }
    if windows, chosenHead != nil {
      throw ValidationError(
        "--windows is for --prior subspace; leave \(named ?? "--prior hypernetwork") out.")
    }
    if prior == .subspace, let head, head != .components {
      throw ValidationError(
        "--head \(head.rawValue) is for --prior hypernetwork; leave it out.")
    }
    if chosenHead == nil, let encoder {
      throw ValidationError(
        "--encoder \(encoder.rawValue) is for --prior hypernetwork; leave it out.")
    }
    if conditioning != nil && chosenHead == nil {
      throw ValidationError("--conditioning is for --prior hypernetwork; leave it out.")
    }
    if noResidual, let name = trainingOption {
      throw ValidationError("--no-residual leaves nothing to train; leave \(name) out.")
    }
    if noResidual && chosenHead != nil {
      throw ValidationError("--no-residual is for --prior subspace; leave it out.")
    }
  }

  /// An option that is about training, if one was given.
  private var trainingOption: String? {
    let given: [(name: String, isGiven: Bool)] = [
      ("--for", time != nil), ("--steps", steps != nil), ("--batch", batch != nil),
      ("--learning-rate", learningRate != nil), ("--resume", resume),
    ]
    return given.first { $0.isGiven }?.name
  }

  /// The head of the hypernetwork that was asked for; nil for a subspace prior.
  private var chosenHead: HeadKind? {
    if let head { return head.kind }
    return encoder != nil && prior != .subspace || prior == .hypernetwork ? .modulated : nil
  }

  private var kind: TrainingPipelineSettings.Kind {
    if let head = chosenHead {
      return .hypernetwork(encoder ?? .attention, head, isConditioned: conditioning)
    }
    // A network learned nothing from windows of 16x16 in minutes (Docs/EXPERIMENTS.md).
    if noResidual || (windows && trainingOption == nil) {
      return .subspace(windows ? .window : .picture, .never)
    }
    return .subspace(
      windows ? .window : .picture, trainingOption == nil ? .ifPossible : .required)
  }

  private var settings: TrainingPipelineSettings {
    var settings = TrainingPipelineSettings(
      kind, imageSize: size, output: output, program: "siren-hyper \(SirenHyper.version)")
    settings.channels = channels
    if let time { settings.length = .seconds(time.seconds) }
    if let steps { settings.length = .steps(steps) }
    settings.batchSize = batch
    settings.learningRate = learningRate
    settings.mirrors = !noFlips
    settings.seed = seed
    settings.overwrites = overwrite.force
    settings.resumes = resume
    settings.arguments = Array(CommandLine.arguments.dropFirst())
    return settings
  }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    let interruption = Interruption()
    let printer = TrainingPrinter(steps: steps, printing)
    do {
      let result = try TrainingPipeline(settings).run(
        on: CollectionLocation(directory: dataset, catalogPath: catalog),
        shouldStop: { interruption.isRequested }, report: printer.show)
      printer.print(result)
    } catch TrainingPipelineError.tooFewForResidualNetwork(let training, let validation) {
      throw CommandFailure.data(
        "\(training) training and \(validation) validation pictures are too few to learn a "
          + "correction from, which \(trainingOption ?? "") is about; leave it out")
    }
  }
}
