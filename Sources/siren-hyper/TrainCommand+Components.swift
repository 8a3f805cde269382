import CommandSupport
import DatasetCatalog
import Foundation
import ImagePriors
import SubspacePriors

extension TrainCommand {
  /// Learns and writes a prior in closed form, with a residual network where that was not left out.
  func learnComponents(
    _ collection: Catalog, _ training: any TrainingPictures,
    _ validation: any TrainingPictures, _ fingerprint: String,
    _ interruption: Interruption
  ) throws {
    let run = try collection.startRun(
      command: "train", arguments: Array(CommandLine.arguments.dropFirst()), modelPath: output)
    var settings = SubspaceLearningSettings()
    settings.mirrors = !noFlips
    settings.seed = seed
    settings.scope = windows ? .window : .picture
    let progress = ProgressReporter("Learning", unit: "percent", quiet: printing.quiet)
    progress.message(
      "\(training.count) training \(noun), \(validation.count) validation \(noun)")
    let clock = ContinuousClock()
    let start = clock.now
    let learned =
      try hasResidualNetwork(training, validation, progress)
      ? learnResidualNetwork(training, validation, settings, fingerprint, progress, interruption)
      : LearnedPrior(
        prior: try SubspacePrior(
          training: training, validation: validation, settings: settings,
          progress: { done in try follow(done, progress, interruption) }))
    progress.finish()
    try write(learned, training.count, (clock.now - start) / .seconds(1), collection, run)
  }

  private var noun: String { windows ? "windows" : "pictures" }

  /// A prior with what its file says of how it came about.
  private struct LearnedPrior {
    let prior: SubspacePrior
    var steps: Int?
  }

  private func hasResidualNetwork(
    _ training: any TrainingPictures, _ validation: any TrainingPictures,
    _ progress: ProgressReporter
  ) throws -> Bool {
    // A network learned nothing from windows of 16x16 in minutes (Docs/EXPERIMENTS.md).
    if noResidual || (windows && trainingOption == nil) { return false }
    if ResidualLearning.isPossible(training: training, validation: validation) { return true }
    if let name = trainingOption {
      throw CommandFailure.data(
        "\(training.count) training and \(validation.count) validation pictures are too few to learn a "
          + "correction from, which \(name) is about; leave it out")
    }
    progress.message(
      "too few pictures to learn a correction from; the closed form alone is learned")
    return false
  }

  private func follow(
    _ done: Double, _ progress: ProgressReporter, _ interruption: Interruption
  ) throws {
    progress.update(Int(100 * done), of: 100)
    if interruption.isRequested {
      throw CommandFailure.data("interrupted; nothing was written, run the same command again")
    }
  }

  private func learnResidualNetwork(
    _ training: any TrainingPictures, _ validation: any TrainingPictures,
    _ components: SubspaceLearningSettings, _ fingerprint: String,
    _ preparing: ProgressReporter, _ interruption: Interruption
  ) throws -> LearnedPrior {
    var settings = ResidualSettings(
      length: steps.map { .steps($0) } ?? .seconds(time?.seconds ?? Self.defaultSeconds))
    if let batch { settings.batchSize = batch }
    if let learningRate { settings.learningRate = learningRate }
    settings.mirrors = !noFlips
    settings.seed = seed
    let learning = try ResidualLearning(
      training: training, validation: validation, components: components, settings: settings,
      progress: { done in try follow(done, preparing, interruption) })
    preparing.finish()
    let wording = TrainingWording<ResidualValidation>(
      title: "Correcting", opening: nil,
      detail: { event, latest in
        String(
          format: "%@%.0f pictures/s",
          latest.map { "error \(describe($0)) of the formula's, " } ?? "",
          event.picturesPerSecond)
      },
      fields: { _, validation in
        [
          "validation": .array(
            validation.ratios.map { ["points": .integer($0.points), "ratio": .number($0.ratio)] })
        ]
      })
    let state = try runTrainingLoop(
      from: learning.start(), fingerprint: "\(components) \(settings) \(fingerprint)",
      interruption, wording
    ) { try learning.run(&$0, shouldStop: $1, report: $2, save: $3) }
    let deciding = ProgressReporter("Deciding", unit: "percent", quiet: printing.quiet)
    let prior = try learning.finish(
      state, progress: { done in deciding.update(Int(100 * done), of: 100) })
    deciding.finish()
    return LearnedPrior(prior: prior, steps: state.step)
  }

  private func describe(_ validation: ResidualValidation) -> String {
    validation.ratios.map { String(format: "%.3f at %d", $0.ratio, $0.points) }
      .joined(separator: ", ")
  }

  private func write(
    _ learned: LearnedPrior, _ pictures: Int, _ seconds: Double, _ collection: Catalog, _ run: Int64
  ) throws {
    let prior = learned.prior
    // Nothing that differs between two runs of the same work, such as the time, goes in.
    try prior.write(
      to: output,
      provenance: [
        "program": "siren-hyper \(SirenHyper.version)",
        "training": "components \(prior.codeLength), codes \(prior.codeCount), seed \(seed), "
          + "\(noun) \(pictures), flips \(!noFlips)"
          + (learned.steps.map { ", correction steps \($0)" } ?? ""),
      ],
      overwrite: overwrite.force || resume)
    try? FileManager.default.removeItem(atPath: checkpointPath)
    var result: [String: JSONValue] = [
      "model": .string(output), "components": .integer(prior.codeLength),
      "codes": .integer(prior.codeCount), "seconds": .number(seconds),
    ]
    if let steps = learned.steps { result["steps"] = .integer(steps) }
    try collection.finishRun(run, result: JSONValue.object(result).description)
    if printing.json {
      printJSON(.object(result))
    } else {
      print(
        "\(output): \(prior.codeLength) components and \(prior.codeCount) codes of "
          + "\(pictures) \(noun)"
          + (learned.steps.map { ", a correction of \($0) steps" } ?? "")
          + " in \(formatDuration(seconds))")
    }
  }
}
