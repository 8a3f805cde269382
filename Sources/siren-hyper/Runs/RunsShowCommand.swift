import ArgumentParser
import CommandSupport
import DatasetCatalog
import Foundation
import PriorPipelines

/// `siren-hyper runs show ID`: prints everything about one training.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about one training.",
    discussion: """
      Prints command line, dates, settings, result, model file and validations. The settings of a \
      training that an earlier version recorded are the options of its command line.

      EXAMPLES
        siren-hyper runs show 3 --dataset faces
        siren-hyper runs show 3 --dataset faces --json
      """)

  @Argument(help: ArgumentHelp("The number of the training.", valueName: "id"))
  var id: Int64

  @OptionGroup var collection: CollectionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { try checkRuns([id]) }

  func run() throws {
    let run = try RecordedRun(id, in: try collection.open())
    if output.json {
      var fields = run.json
      fields["validations"] = .array(run.validations.map(RecordedRun.json))
      fields["best"] = run.best.map(RecordedRun.json) ?? .null
      if let (components, codes) = run.subspace {
        fields["components"] = .integer(components)
        fields["codes"] = .integer(codes)
      }
      return printJSON(.object(fields))
    }
    var table = TextTable([.left(""), .left("")])
    table.append(["run", "\(run.id)"])
    table.append(["command", Self.line(run.record.arguments)])
    table.append(["started", run.record.started.formatted(.iso8601)])
    if let finished = run.record.finished {
      table.append(["ended", finished.formatted(.iso8601)])
    }
    table.append(["state", Self.state(run)])
    if let earlier = run.record.continues { table.append(["continues run", "\(earlier)"]) }
    table.append(["kind", run.kindText])
    table.append(["pictures", run.picturesText])
    table.append(["steps", run.stepsText])
    table.append(["time", run.timeText])
    if let (components, codes) = run.subspace {
      table.append(["components", "\(components)"])
      table.append(["training codes", "\(codes)"])
    }
    table.append(["validation", run.validationText])
    if let best = run.best, let step = best.step {
      table.append(["best validation", "\(best.text) at step \(step)"])
    }
    table.append(["model", run.modelText])
    print(table)
    print("\nsettings")
    var settings = TextTable([.left(""), .left("")])
    for (name, value) in run.settings.sorted(by: { $0.key < $1.key }) {
      settings.append([name, "\(value)"])
    }
    print(settings)
    printValidations(of: run)
  }

  private func printValidations(of run: RecordedRun) {
    guard let first = run.validations.first, let measure = run.measure else { return }
    print("\nvalidations: \(measure.title)")
    let parts = first.parts.map(\.observed)
    var table = TextTable(
      [.right("step"), .right("time"), .right("loss"), .right("learning rate"), .right("mean")]
        + parts.map { TextTable.Column.right($0) })
    for validation in run.validations where validation.measure == measure.rawValue {
      let values = parts.map { name in
        validation.parts.first { $0.observed == name }.map { measure.number($0.value) } ?? "-"
      }
      table.append(
        [
          "\(validation.step)", formatDuration(validation.seconds),
          validation.loss.map { String(format: "%.4g", $0) } ?? "-",
          validation.learningRate.map { String(format: "%.3g", $0) } ?? "-",
          measure.number(validation.value),
        ] + values)
    }
    print(table)
  }

  private static func state(_ run: RecordedRun) -> String {
    switch run.state {
    case .finished: "finished"
    case .failed(let reason): reason
    case .open: "open: it is running, or it was killed"
    }
  }

  /// The command line as a shell reads it.
  private static func line(_ arguments: [String]) -> String {
    (["siren-hyper"]
      + arguments.map { argument in
        let isPlain = argument.allSatisfy {
          $0.isLetter || $0.isNumber || "-_./:=%,+@".contains($0)
        }
        return isPlain && !argument.isEmpty
          ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
      }).joined(separator: " ")
  }
}
