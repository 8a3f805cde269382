import ArgumentParser
import CommandSupport
import DatasetCatalog
import Files
import Foundation
import HyperNetworks
import ImagePriors
import Numerics
import Training

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
  var output = "prior.safetensors"

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

  /// About how many windows are cut for learning, and for judging.
  private static let windowCounts = (training: 20_000, validation: 256)

  /// Seconds of training where neither a time nor a number of updates was asked for.
  static let defaultSeconds = 600.0

  /// An option that is about training, if one was given.
  var trainingOption: String? {
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

  var checkpointPath: String { output + ".checkpoint" }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    try checkOutput()
    let interruption = Interruption()
    let collection = try openCollection(interruption)
    if windows {
      let (training, validation) = try cutWindows(collection, interruption)
      return try learnComponents(
        collection, training, validation, "\(training.digest) \(validation.digest)", interruption)
    }
    let (training, validation) = try openPixels(collection, interruption)
    let digests = "\(training.digest) \(validation.digest)"
    guard let head = chosenHead else {
      return try learnComponents(collection, training, validation, digests, interruption)
    }
    var configuration = HyperNetworkConfiguration(
      imageSize: size, channels: channels, encoder: encoder ?? .attention, head: head)
    if let conditioning { configuration.isConditioned = conditioning }
    let settings = settings(for: configuration)
    let trainer = try HyperNetworkTrainer(
      configuration, training: training, validation: validation, settings: settings)
    let run = try collection.startRun(
      command: "train", arguments: Array(CommandLine.arguments.dropFirst()), modelPath: output)
    let wording = TrainingWording<ValidationResult>(
      title: "Training",
      opening: "\(training.count) training pictures, \(validation.count) validation pictures, "
        + "\(configuration.parameterCount) parameters",
      detail: { event, latest in
        String(
          format: "loss %.4f%@, %.0f pictures/s", event.loss,
          latest.map { ", validation " + describe($0) } ?? "", event.picturesPerSecond)
      },
      fields: { event, validation in
        ["loss": .number(event.loss), "validation_mse": .number(validation.mean)]
      })
    let state = try runTrainingLoop(
      from: trainer.start(), fingerprint: try trainer.fingerprint(pictures: digests),
      interruption, wording
    ) { try trainer.run(&$0, shouldStop: $1, report: $2, save: $3) }
    try finish(state, trainer, settings, collection, run, training.count)
  }

  /// Fails before the work what would fail after it.
  private func checkOutput() throws {
    let hasCheckpoint = FileManager.default.fileExists(atPath: checkpointPath)
    if resume {
      guard hasCheckpoint else {
        throw CommandFailure.data(
          "there is no interrupted run at '\(checkpointPath)'; start one without --resume")
      }
    } else if hasCheckpoint && !overwrite.force {
      throw CommandFailure.data(
        "'\(checkpointPath)' holds an interrupted run; go on with --resume, "
          + "or start anew with --force")
    }
    try AtomicFile.checkWritable(output, overwrite: overwrite.force || resume)
  }

  private func openCollection(_ interruption: Interruption) throws -> Catalog {
    let collection = try Catalog.open(
      directory: dataset, catalogPath: catalog, createIfMissing: true)
    let progress = ProgressReporter("Indexing", unit: "files", quiet: printing.quiet)
    let report = try collection.index(
      threads: Parallel.threadCount,
      keepingPixels: windows ? nil : PixelFormat(size: size, channels: channels),
      progress: { progress.update($0.completed, of: $0.total) },
      isCancelled: { interruption.isRequested })
    progress.finish()
    if report.isCancelled {
      throw CommandFailure.data("interrupted while indexing; run the same command again to go on")
    }
    return collection
  }

  private func openPixels(
    _ collection: Catalog, _ interruption: Interruption
  ) throws -> (training: PixelCache, validation: PixelCache) {
    let progress = ProgressReporter("Decoding", unit: "pictures", quiet: printing.quiet)
    let open = { (split: Split) in
      try PixelCache.open(
        catalog: collection, split: split, size: size, channels: channels,
        threads: Parallel.threadCount,
        progress: { progress.update($0.completed, of: $0.total) },
        isCancelled: { interruption.isRequested })
    }
    defer { progress.finish() }
    return (try open(.train), try open(.validation))
  }

  /// Windows of the train split, and of the validation split where it has any.
  private func cutWindows(
    _ collection: Catalog, _ interruption: Interruption
  ) throws -> (training: PictureWindows, validation: PictureWindows) {
    let progress = ProgressReporter("Decoding", unit: "pictures", quiet: printing.quiet)
    let cut = { (split: Split, part: PictureWindows.Part, limit: Int) in
      try PictureWindows.cut(
        catalog: collection, split: split, part: part, size: size, channels: channels,
        limit: limit, seed: seed, threads: Parallel.threadCount,
        progress: { progress.update($0.completed, of: $0.total) },
        isCancelled: { interruption.isRequested })
    }
    defer { progress.finish() }
    let counts = Self.windowCounts
    if try collection.pictures(split: .validation, state: .usable).isEmpty {
      return (
        try cut(.train, .upper, counts.training), try cut(.train, .lower, counts.validation)
      )
    }
    return (
      try cut(.train, .whole, counts.training), try cut(.validation, .whole, counts.validation)
    )
  }

  private func settings(for configuration: HyperNetworkConfiguration)
    -> HyperNetworkTrainingSettings
  {
    let length: TrainingLength =
      steps.map { .steps($0) } ?? .seconds(time?.seconds ?? Self.defaultSeconds)
    var settings = HyperNetworkTrainingSettings(configuration, length: length, seed: seed)
    if let batch { settings.batchSize = batch }
    if let learningRate { settings.learningRate = learningRate }
    settings.mirrors = !noFlips
    return settings
  }

  private func describe(_ validation: ValidationResult) -> String {
    validation.errors
      .map { String(format: "%.4f at %d", $0.meanSquaredError, $0.points) }
      .joined(separator: ", ")
  }

  private func finish(
    _ state: TrainingState, _ trainer: HyperNetworkTrainer,
    _ settings: HyperNetworkTrainingSettings,
    _ collection: Catalog, _ run: Int64, _ pictures: Int
  ) throws {
    let model = trainer.best(state)
    let validation = try trainer.validate(model)
    // Nothing that differs between two runs of the same work, such as the time, goes in.
    try model.write(
      to: output,
      provenance: [
        "program": "siren-hyper \(SirenHyper.version)",
        "training": "steps \(state.step), seed \(seed), pictures \(pictures), "
          + "batch \(settings.batchSize), learning rate \(settings.learningRate), "
          + "flips \(settings.mirrors)",
      ],
      overwrite: overwrite.force || resume)
    try? FileManager.default.removeItem(atPath: checkpointPath)
    let result: JSONValue = [
      "model": .string(output), "steps": .integer(state.step),
      "seconds": .number(state.seconds), "validation_mse": .number(validation.mean),
    ]
    try collection.finishRun(run, result: result.description)
    if printing.json {
      printJSON(result)
    } else {
      print(
        "\(output): \(state.step) steps in \(formatDuration(state.seconds)), "
          + "validation mean squared error \(describe(validation)) points")
    }
  }
}
