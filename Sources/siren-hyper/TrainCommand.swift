import ArgumentParser
import CommandSupport
import HyperNetworks
import ImagePriors
import Numerics
import PriorPipelines
import Signals

/// `siren-hyper train`: learns a prior from a collection of pictures.
struct TrainCommand: ParsableCommand, SharedCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a prior from a collection of pictures.",
    discussion: """
      Indexes the folder if necessary, trains on its train split and validates on its validation \
      split. The collection decides which prior suits it, and a message says which; --prior overrides \
      this. Pictures of one subject that are aligned, such as faces, are cropped to squares, shrunk to \
      --size and decoded once. Their prior is --prior subspace: a closed form that is computed in \
      minutes, and a residual network that is trained to correct it for the time of --for. Pictures of \
      anything, such as photographs and micrographs, give random windows of --size pixels at their own \
      resolution. Their prior is --prior grid: a convolutional set encoder that generates a grid of \
      SIRENs and restores pictures of any size. --prior hypernetwork trains an encoder and a \
      hypernetwork of whole pictures. Ctrl-C saves the state of the training; the same command with \
      --resume continues exactly from there.

      --windows trains on random windows of --size pixels instead, at the pictures' own resolution. \
      It suits textures, scans and photographs that are larger than the structures the prior models. \
      'inpaint' then restores pictures of any size window by window. Without a validation split the \
      lowest quarter of every picture is held out. A prior of windows has no residual network unless \
      --for or --steps is given.

      Pictures are PNG, JPEG, TIFF (all pages of a stack), WebP, NPY and NPZ files. --range chooses once for \
      the collection which samples become 0 and 1: auto takes all values of 8 and 16 bits (of fewer bits where \
      the pictures use no more) and of other samples the smallest and the largest, percentiles leaves out \
      the outermost thousandths of each picture, and 0:4095 is taken as it is. The catalog and the model \
      keep the choice, and 'inpaint' follows it.

      The catalog records the training, and 'siren-hyper runs' lists, compares and plots what it has \
      recorded. --tensorboard also writes loss and learning rate of every update and every validation \
      into an event file in a folder, which 'tensorboard --logdir' shows while the training runs.

      Started by mpirun, several processes share the training (Docs/CLUSTER.md); with --steps their model is the \
      one that a single process writes.

      EXAMPLES
        siren-hyper train --dataset faces
        siren-hyper train --dataset faces --size 64 --for 1h -o faces64.safetensors
        siren-hyper train --dataset faces --size 64 --for 1h -o faces64.safetensors --resume
        siren-hyper train --dataset faces --no-residual
        siren-hyper train --dataset scans --channels 1 --no-flips
        siren-hyper train --dataset photographs --for 1h -o photographs.safetensors
        siren-hyper train --dataset micrographs --prior grid --initial scenes --for 10m
        siren-hyper train --dataset scans --prior grid --noise 0.05
        siren-hyper train --dataset textures --windows -o windows.safetensors
        siren-hyper train --dataset micrographs --windows --channels 1 --range 0:4095
        siren-hyper train --dataset faces --prior hypernetwork --for 30m -o network.safetensors
        siren-hyper train --dataset faces --tensorboard logs/faces
        mpirun -n 4 siren-hyper train --dataset photographs --batch 256 --for 1h
      """)

  @OptionGroup var collection: CollectionOptions

  @Option(
    help: "Side of the training pictures in pixels, 8 to 128 (default: 32, or 96 for --prior grid)."
  )
  var size: Int?

  @Option(help: "Channels of the pictures: 1 grey, 3 colour.")
  var channels = 3

  @Option(
    help: ArgumentHelp(
      "The samples that become 0 and 1: auto, percentiles or two numbers such as 0:4095 (default: what the "
        + "catalog says, at first auto).", valueName: "range"))
  var range: RangeChoice?

  @Option(
    help:
      "The encoder of the points: attention, convolutional or set (the paper's). Default: attention."
  )
  var encoder: EncoderKind?

  @Option(
    help: ArgumentHelp(
      "subspace (closed form and residual network, of aligned pictures), grid (convolutional set "
        + "encoder, for pictures of anything) or hypernetwork (encoder and hypernetwork). Default: "
        + "the collection decides, or hypernetwork if --encoder or --head is given."))
  var prior: PriorOption?

  @Option(
    help: ArgumentHelp(
      "The weights that a hypernetwork generates: modulated (scales and shifts of a learned base), "
        + "low-rank (low-rank changes of a learned base) or full (every weight, the paper's). "
        + "Default: modulated."))
  var head: HeadOption?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Fit the output layer of a generated SIREN to the observed points by ridge regression "
        + "(default: on, except for the full head)."))
  var conditioning: Bool?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "The training time, such as 30s, 10m or 1.5h (default: 10m).", valueName: "time"))
  var time: TimeLimit?

  @Option(help: "The number of updates, instead of --for; makes the result reproducible.")
  var steps: Int?

  @Option(help: "Pictures per update.")
  var batch: Int?

  @Option(help: "The peak learning rate.")
  var learningRate: Float?

  @Flag(
    name: [.customLong("no-residual"), .customLong("no-correction")],
    help: "Compute the closed form only, without the residual network.")
  var noResidual = false

  @Flag(help: "Train on windows of the pictures instead of whole pictures.")
  var windows = false

  @Option(
    help: ArgumentHelp(
      "Start --prior grid from this model instead of from nothing, to adapt it to a collection.",
      valueName: "file"),
    completion: .file())
  var initial: String?

  @Option(
    help: ArgumentHelp(
      "The largest standard deviation of the noise of measured values, 0 to 0.5 of the range, that "
        + "--prior grid learns to remove (default: 0).", valueName: "sigma"))
  var noise: Float?

  @Flag(help: "Never mirror pictures, for collections in which left and right differ.")
  var noFlips = false

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Write the training into this folder for TensorBoard, one folder per training.",
      valueName: "dir"), completion: .directory)
  var tensorboard: String?

  @Flag(
    help: ArgumentHelp(
      "Of several processes under mpirun, add gradients in any order: less waiting on many machines, but the "
        + "last bits of the result depend on the number of processes."))
  var unordered = false

  @Flag(
    help: ArgumentHelp(
      "Of several processes under mpirun, send gradients in half precision: half the time on slow links, but the "
        + "result depends on the number of processes."))
  var halfGradients = false

  @Flag(help: "Continue the interrupted run of the same options.")
  var resume = false

  @Option(name: .shortAndLong, help: "The model file to write.", completion: .file())
  var output = ImagePriorFile.defaultName

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard size.map({ (8...128).contains($0) }) ?? true else {
      throw ValidationError("--size is \(size ?? 0), expected 8 to 128 pixels.")
    }
    guard channels == 1 || channels == 3 else {
      throw ValidationError("--channels is \(channels), expected 1 (grey) or 3 (colour).")
    }
    try checkRunLength(time: time, steps: steps)
    guard !(unordered && halfGradients) else {
      throw ValidationError(
        "--half-gradients are added from one process to the next; omit --unordered.")
    }
    guard batch.map({ (1...1_024).contains($0) }) ?? true else {
      throw ValidationError("--batch is \(batch ?? 0), expected 1 to 1024 pictures.")
    }
    guard learningRate.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--learning-rate is \(learningRate ?? 0), expected above 0 up to 1.")
    }
    guard noise.map({ (0...0.5).contains($0) }) ?? true else {
      throw ValidationError("--noise is \(noise ?? 0), expected 0 to 0.5.")
    }
    try checkPrior()
  }

  /// Throws if options contradict each other about the kind of prior.
  private func checkPrior() throws {
    let named = head.map { "--head \($0.rawValue)" } ?? encoder.map { "--encoder \($0.rawValue)" }
    if prior == .grid {
      let given: [(name: String, isGiven: Bool)] = [
        ("--head", head != nil), ("--encoder", encoder != nil), ("--windows", windows),
        ("--conditioning", conditioning != nil), ("--no-residual", noResidual),
      ]
      if let option = given.first(where: { $0.isGiven }) {
        throw ValidationError("\(option.name) does not apply to --prior grid; omit it.")
      }
    } else if noise != nil || initial != nil {
      throw ValidationError(
        "\(noise != nil ? "--noise" : "--initial") applies to --prior grid only; omit it.")
    }
    if prior == .hypernetwork && head == .components {
      throw ValidationError("--head components means --prior subspace; omit one of the options.")
    }
    if windows, chosenHead != nil {
      throw ValidationError(
        "--windows applies to --prior subspace only; omit \(named ?? "--prior hypernetwork").")
    }
    if prior == .subspace, let head, head != .components {
      throw ValidationError(
        "--head \(head.rawValue) applies to --prior hypernetwork only; omit it.")
    }
    if chosenHead == nil, let encoder {
      throw ValidationError(
        "--encoder \(encoder.rawValue) applies to --prior hypernetwork only; omit it.")
    }
    if conditioning != nil && chosenHead == nil {
      throw ValidationError("--conditioning applies to --prior hypernetwork only; omit it.")
    }
    if noResidual, let name = trainingOption ?? tensorboard.map({ _ in "--tensorboard" }) {
      throw ValidationError("--no-residual leaves nothing to train; omit \(name).")
    }
    if tensorboard != nil, windows, trainingOption == nil {
      throw ValidationError(
        "--windows without --for or --steps trains no network; omit --tensorboard.")
    }
    if noResidual && chosenHead != nil {
      throw ValidationError("--no-residual applies to --prior subspace only; omit it.")
    }
  }

  /// An option about training that was given; nil if none was.
  private var trainingOption: String? {
    let given: [(name: String, isGiven: Bool)] = [
      ("--for", time != nil), ("--steps", steps != nil), ("--batch", batch != nil),
      ("--learning-rate", learningRate != nil), ("--resume", resume),
    ]
    return given.first { $0.isGiven }?.name
  }

  /// The head of the requested hypernetwork; nil for a subspace prior.
  private var chosenHead: HeadKind? {
    if let head { return head.kind }
    return encoder != nil && prior != .subspace || prior == .hypernetwork ? .modulated : nil
  }

  private var kind: TrainingPipelineSettings.Kind {
    if prior == .grid { return .grid }
    if let head = chosenHead {
      return .hypernetwork(encoder ?? .attention, head, isConditioned: conditioning)
    }
    // A residual network did not reduce the error for windows of 16x16 (Docs/EXPERIMENTS.md).
    if noResidual || (windows && trainingOption == nil) {
      return .subspace(windows ? .window : .picture, .never)
    }
    let residual: TrainingPipelineSettings.ResidualNetworkChoice =
      trainingOption == nil ? .ifPossible : .required
    if prior == nil && head == nil && !windows { return .automatic(residual) }
    return .subspace(windows ? .window : .picture, residual)
  }

  private func settings() throws -> TrainingPipelineSettings {
    var settings = TrainingPipelineSettings(
      kind, imageSize: size ?? 32, output: output, program: "siren-hyper \(SirenHyper.version)")
    settings.channels = channels
    settings.windowSize = size
    settings.range = range
    if let time { settings.length = .seconds(time.seconds) }
    if let steps { settings.length = .steps(steps) }
    settings.batchSize = batch
    settings.learningRate = learningRate
    settings.noise = noise ?? 0
    settings.initialModel = try initial.map { try ModelOptions.path($0, quiet: true) }
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
    var group = WorkGroup.current
    group.addsInOrder = !unordered
    group.halvesSums = halfGradients
    group.isAskedToStop = { interruption.isRequested }
    // One process of several writes.
    let board =
      try group.isFirst
      ? tensorboard.map { folder in
        try TrainingBoard(folder: folder) { printer.show(.notice($0)) }
      } : nil
    defer { board?.finish() }
    do {
      let result = try WorkGroup.$current.withValue(group) {
        try TrainingPipeline(try settings()).run(
          on: collection.location,
          shouldStop: { interruption.isRequested },
          report: { event in
            printer.show(event)
            board?.show(event)
          })
      }
      printer.print(result)
    } catch TrainingPipelineError.tooFewForResidualNetwork(let training, let validation) {
      throw CommandFailure.data(
        "\(training) training and \(validation) validation pictures are too few to train a residual "
          + "network; add pictures, or omit \(trainingOption ?? "the options about training")")
    }
  }
}
