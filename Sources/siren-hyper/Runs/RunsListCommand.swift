import ArgumentParser
import CommandSupport
import PriorPipelines

/// `siren-hyper runs list`: prints one line per training.
struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the trainings of a collection, the latest first.",
    discussion: """
      Prints number, date, kind of prior, training pictures, updates, time, validation, state and model \
      file of each training. The validation is that of the result, or the best one of a training that \
      has no result yet. State 'open' means that the training is running or was killed.

      EXAMPLES
        siren-hyper runs list --dataset faces
        siren-hyper runs list --dataset faces --limit 5
        siren-hyper runs list --dataset faces --json
      """)

  @OptionGroup var collection: CollectionOptions

  @Option(help: "The largest number of trainings to list.")
  var limit: Int?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit), expected at least 1.")
    }
  }

  func run() throws {
    let runs = try RecordedRun.all(in: try collection.open(), limit: limit)
    if output.json {
      runs.forEach { printJSON(.object($0.json)) }
      return
    }
    guard !runs.isEmpty else {
      if !output.quiet { printMessage("no training is recorded yet") }
      return
    }
    var table = TextTable([
      .right("id"), .left("started"), .left("kind"), .right("pictures"), .right("steps"),
      .right("time"), .left("validation"), .left("state"), .left("model"),
    ])
    for run in runs {
      table.append([
        "\(run.id)", run.record.started.formatted(.iso8601), run.kindText, run.picturesText,
        run.stepsText, run.timeText, run.validationText, run.state.word, run.modelText,
      ])
    }
    print(table)
  }
}
