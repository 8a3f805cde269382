import ArgumentParser
import CommandSupport
import Fitting
import Foundation
import Notebook

/// `siren analyze range`: a fitted field far outside its range.
struct RangeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "range",
    abstract: "Show a fitted network far outside the range that it was fitted on.",
    discussion: """
      The network was fitted on -1 to 1, and is evaluated from -50 to 50 along each coordinate. The \
      fitted range is compared with every range at a distance of whole ranges, and the largest \
      correlation is printed. A correlation of 1 would be a repetition.

      EXAMPLES
        siren analyze range photo.safetensors
        siren analyze range photo.safetensors --range 5 --size 512 -o near
      """)

  @Argument(help: "The model, of 1 or 2 coordinates.", completion: .file())
  var model: String

  @Option(help: "The largest coordinate in each direction.")
  var range: Float = 50

  @Option(help: "Samples along each coordinate.")
  var size = 1_024

  @OptionGroup var output: AnalysisOutput
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard range.isFinite, range > 0, range <= 1e6, (2...8_192).contains(size) else {
      throw ValidationError(
        "expected --range above 0 and at most 1e6 and --size 2 to 8192, got \(range) and \(size).")
    }
  }

  func run() throws {
    threads.apply()
    try output.check(for: "range", reading: model)
    let field = try FieldFile.read(model).field
    guard (1...2).contains(field.coordinates) else {
      throw CommandFailure.data(
        "'\(model)' takes \(field.coordinates) coordinates, expected 1 or 2; "
          + "pass the model of a picture or a sound")
    }
    let progress = ProgressReporter("Evaluating", unit: "samples", quiet: output.printing.quiet)
    let study = RangeStudy(of: field, range: range, size: size)
    let seconds = progress.elapsed
    let (inside, outside) = study.moments
    let closest = study.closestLikeness
    let moments = { (pair: (mean: Double, deviation: Double)?) -> JSONValue in
      pair.map { ["mean": .number($0.mean), "deviation": .number($0.deviation)] } ?? .null
    }
    let text = { (pair: (mean: Double, deviation: Double)?) in
      pair.map { String(format: "%.3f \u{b1} %.3f", $0.mean, $0.deviation) } ?? "no sample"
    }
    var summary = "inside -1...1: \(text(inside)); outside: \(text(outside))"
    if let closest {
      let place = closest.place.map { String(format: "%g", $0) }.joined(separator: ", ")
      summary += String(
        format: "\nlargest correlation: %.3f around (%@), in %@", closest.correlation,
        place,
        formatDuration(seconds))
    }
    try output.write(
      RangeFigure.figure(of: study),
      numbers: [
        "model": .string(model), "range": .number(range), "size": .integer(size),
        "seconds": .number(seconds), "inside": moments(inside), "outside": moments(outside),
        "closest_likeness": closest.map {
          [
            "correlation": .number($0.correlation), "place": .array($0.place.map { .number($0) }),
          ]
        } ?? .null,
      ], summary: summary, for: "range")
  }
}
