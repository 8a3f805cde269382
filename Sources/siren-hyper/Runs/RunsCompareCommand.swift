import ArgumentParser
import CommandSupport
import DatasetCatalog
import PriorPipelines

/// `siren-hyper runs compare ID ID...`: trainings side by side.
struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare trainings side by side.",
    discussion: """
      Prints the settings in which the trainings differ, and their results. The best validation is \
      marked with a star if the trainings measure the same.

      EXAMPLES
        siren-hyper runs compare 2 3 --dataset faces
        siren-hyper runs compare 2 3 5 --dataset faces --json
      """)

  @Argument(help: ArgumentHelp("The numbers of the trainings, two or more.", valueName: "id"))
  var ids: [Int64]

  @OptionGroup var collection: CollectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    try checkRuns(ids)
    guard ids.count >= 2 else {
      throw ValidationError("One training is given, expected two or more to compare.")
    }
  }

  func run() throws {
    let catalog = try collection.open()
    let runs = try ids.map { try RecordedRun($0, in: catalog) }
    let comparison = RunComparison(runs)
    if output.json {
      let differences = comparison.differences.map { difference in
        (difference.name, JSONValue.array(difference.values.map { $0?.json ?? .null }))
      }
      printJSON([
        "runs": .array(runs.map { .object($0.json) }),
        "differences": .object(Dictionary(differences) { first, _ in first }),
      ])
      return
    }
    var table = TextTable(
      [.left("")] + runs.map { TextTable.Column.left("run \($0.id)") })
    if comparison.differences.isEmpty {
      table.append(["settings"] + runs.map { _ in "the same" })
    }
    for difference in comparison.differences {
      table.append([difference.name] + difference.values.map { $0.map { "\($0)" } ?? "-" })
    }
    table.append([""] + runs.map { _ in "" })
    table.append(["started"] + runs.map { $0.record.started.formatted(.iso8601) })
    table.append(["state"] + runs.map(\.state.word))
    table.append(["steps"] + runs.map(\.stepsText))
    table.append(["time"] + runs.map(\.timeText))
    let best = Self.best(of: runs)
    table.append(["validation"] + runs.map { $0.validationText + ($0.id == best ? " *" : "") })
    table.append(
      ["best at step"] + runs.map { $0.best?.step.map { "\($0)" } ?? "-" })
    table.append(["model"] + runs.map(\.modelText))
    print(table)
  }

  /// The run with the best validation; nil if the measures differ, or there are no two to compare.
  private static func best(of runs: [RecordedRun]) -> Int64? {
    let found = runs.compactMap { run in run.validation.map { (id: run.id, measured: $0) } }
    guard let first = found.first, found.count > 1,
      found.allSatisfy({ $0.measured.measure == first.measured.measure })
    else { return nil }
    return found.reduce(first) { best, next in
      next.measured.measure.isBetter(next.measured.value, than: best.measured.value) ? next : best
    }.id
  }
}
