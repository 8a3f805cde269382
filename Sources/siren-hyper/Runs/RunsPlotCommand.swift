import ArgumentParser
import CommandSupport
import DatasetCatalog
import Files
import Foundation
import PriorPipelines
import Reporting
import Signals

/// `siren-hyper runs plot ID...`: curves of validation against time.
struct RunsPlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Plot the validation of trainings against time.",
    discussion: """
      Writes a PNG or SVG file, as its extension says. One training gives a curve for each number of \
      observed pixels and their mean, several give the mean of each. Trainings that measure different \
      quantities get a plot per quantity. A resumed training has the curve of all its parts.

      EXAMPLES
        siren-hyper runs plot 3 --dataset faces -o curve.png
        siren-hyper runs plot 2 3 5 --dataset faces -o curves.svg
      """)

  @Argument(help: ArgumentHelp("The numbers of the trainings.", valueName: "id"))
  var ids: [Int64]

  @OptionGroup var collection: CollectionOptions

  @Option(
    name: .shortAndLong, help: "The figure to write, .png or .svg.",
    completion: .file(extensions: ["png", "svg"]))
  var output: String

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions

  private var isSVG: Bool { output.lowercased().hasSuffix(".svg") }

  func validate() throws {
    try checkRuns(ids)
    guard isSVG || output.lowercased().hasSuffix(".png") else {
      throw ValidationError("--output is '\(output)', expected a name that ends in .png or .svg.")
    }
  }

  func run() throws {
    try checkOutput(output, overwrite)
    let catalog = try collection.open()
    let runs = try ids.map { try RecordedRun($0, in: catalog) }
    if let run = runs.first(where: { $0.measure == nil }) {
      throw CommandFailure.data(
        "\(catalog.path): run \(run.id) has no validation to plot (a closed form alone, an end before "
          + "the first validation, or a record of an earlier version); omit it")
    }
    let title =
      runs.count == 1
      ? "validation of run \(runs[0].id), \(runs[0].kindText)" : "validation of runs"
    let curves = runs.count == 1 ? Self.curves(of: runs[0]) : runs.compactMap(Self.curve)
    let drawing = Figure(validations: curves, title: title).drawing
    if isSVG {
      try AtomicFile.write(
        Data(try drawing.svg().utf8), to: output, overwrite: overwrite.force)
    } else {
      try ImageFile.writePNG(
        try drawing.image(), to: output, overwrite: overwrite.force)
    }
    if printing.json {
      printJSON([
        "output": .string(output),
        "runs": .array(
          runs.map { run in
            [
              "id": .integer(Int(run.id)),
              "validations": .array(run.validations.map(RecordedRun.json)),
            ]
          }),
      ])
    } else {
      let numbers = runs.map { "\($0.id)" }.joined(separator: ", ")
      print(singleLine("\(output): validation of run\(runs.count == 1 ? "" : "s") \(numbers)"))
    }
  }

  /// The mean of a run.
  private static func curve(of run: RecordedRun) -> ValidationCurve? {
    guard let measure = run.measure else { return nil }
    let shown = run.validations.filter { $0.measure == measure.rawValue }
    return ValidationCurve(
      name: "run \(run.id)", quantity: measure.title,
      isLogarithmic: measure == .meanSquaredError && shown.allSatisfy { $0.value > 0 },
      seconds: shown.map(\.seconds), values: shown.map(\.value))
  }

  /// A curve for each number of observed pixels, and the mean.
  private static func curves(of run: RecordedRun) -> [ValidationCurve] {
    guard var mean = curve(of: run), let measure = run.measure else { return [] }
    let shown = run.validations.filter { $0.measure == measure.rawValue }
    mean.name = "mean"
    mean.isMean = true
    let names = shown.first?.parts.map(\.observed) ?? []
    let parts = names.map { name in
      let values = shown.compactMap { validation in
        validation.parts.first { $0.observed == name }.map { (validation.seconds, $0.value) }
      }
      return ValidationCurve(
        name: name, quantity: mean.quantity,
        isLogarithmic: mean.isLogarithmic && values.allSatisfy { $0.1 > 0 },
        seconds: values.map(\.0), values: values.map(\.1))
    }
    return parts + [mean]
  }
}
