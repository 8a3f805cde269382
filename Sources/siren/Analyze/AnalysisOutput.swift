import ArgumentParser
import CommandSupport
import Files
import Foundation
import Reporting
import Signals

/// The outputs of every analysis: a figure as PNG and SVG, and numbers as JSON.
struct AnalysisOutput: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write NAME.png, NAME.svg and NAME.json (default: the name of the analysis).",
      valueName: "name"),
    completion: .file())
  var output: String?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions

  /// The three files, under the given name without its ending, if that is one of theirs.
  func paths(for analysis: String) -> (png: String, svg: String, json: String) {
    var base = output ?? analysis
    if ["png", "svg", "json"].contains((base as NSString).pathExtension.lowercased()) {
      base = (base as NSString).deletingPathExtension
    }
    return (base + ".png", base + ".svg", base + ".json")
  }

  /// Rejects outputs that cannot be written, before the work begins.
  ///
  /// - Parameters:
  ///   - analysis: the name of the analysis.
  ///   - model: the path of a model that is read.
  func check(for analysis: String, reading model: String? = nil) throws {
    let paths = paths(for: analysis)
    try DistinctFiles.check(
      [("the figure", paths.png), ("the drawing", paths.svg), ("the numbers", paths.json)],
      read: [("the model", model)])
    for path in [paths.png, paths.svg, paths.json] {
      try AtomicFile.checkWritable(path, overwrite: overwrite.force)
    }
  }

  /// Writes the three files, and prints the numbers or a summary.
  ///
  /// - Parameters:
  ///   - numbers: the numbers for the JSON file, and with `--json` for standard output.
  ///   - summary: lines for people.
  func write(
    _ figure: Figure, numbers: JSONValue, summary: String, for analysis: String
  ) throws {
    let paths = paths(for: analysis)
    let drawing = figure.drawing
    let force = overwrite.force
    try ImageFile.writePNG(try drawing.image(), to: paths.png, overwrite: force)
    try AtomicFile.write(Data(try drawing.svg().utf8), to: paths.svg, overwrite: force)
    try AtomicFile.write(Data((numbers.description + "\n").utf8), to: paths.json, overwrite: force)
    if printing.json {
      printJSON(numbers)
    } else {
      print(summary)
      print("\(singleLine(paths.png)), .svg, .json")
    }
  }
}
