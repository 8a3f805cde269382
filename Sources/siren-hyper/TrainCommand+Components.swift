import CommandSupport
import DatasetCatalog
import Foundation
import HyperPrior

extension TrainCommand {
  /// Learns and writes a prior in closed form.
  func learnComponents(
    _ collection: Catalog, _ training: any TrainingPictures,
    _ validation: any TrainingPictures,
    _ interruption: Interruption
  ) throws {
    let run = try collection.startRun(
      command: "train", arguments: Array(CommandLine.arguments.dropFirst()), modelPath: output)
    var settings = ComponentLearningSettings()
    settings.mirrors = !noFlips
    settings.seed = seed
    settings.scope = windows ? .window : .picture
    let noun = windows ? "windows" : "pictures"
    let progress = ProgressReporter("Learning", unit: "percent", quiet: printing.quiet)
    progress.message(
      "\(training.count) training \(noun), \(validation.count) validation \(noun)")
    let clock = ContinuousClock()
    let start = clock.now
    let prior = try ComponentPrior(
      training: training, validation: validation, settings: settings,
      progress: { done in
        progress.update(Int(100 * done), of: 100)
        if interruption.isRequested {
          throw CommandFailure.data("interrupted; nothing was written, run the same command again")
        }
      })
    progress.finish()
    let seconds = (clock.now - start) / .seconds(1)
    try prior.write(
      to: output,
      provenance: [
        "program": "siren-hyper \(SirenHyper.version)",
        "training": "components \(prior.codeLength), codes \(prior.codeCount), seed \(seed), "
          + "\(noun) \(training.count), flips \(settings.mirrors)",
      ],
      overwrite: overwrite.force)
    let result: JSONValue = [
      "model": .string(output), "components": .integer(prior.codeLength),
      "codes": .integer(prior.codeCount), "seconds": .number(seconds),
    ]
    try collection.finishRun(run, result: result.description)
    if printing.json {
      printJSON(result)
    } else {
      print(
        "\(output): \(prior.codeLength) components and \(prior.codeCount) codes of "
          + "\(training.count) \(noun) in \(formatDuration(seconds))")
    }
  }
}
