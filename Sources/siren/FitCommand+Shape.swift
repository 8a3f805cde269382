import CommandSupport
import Files
import FitPipelines
import Fitting
import Foundation
import Signals

extension FitCommand {
  /// Whether the input is a mesh or a cloud of points, whatever its name.
  func isShape() throws -> Bool {
    try !input.isFolder && ShapeFormat(ofContentAt: input) != nil
  }

  /// Fits a shape.
  func runShape() throws {
    try checkShapeOptions()
    let source = try ShapeSource(
      input, points: points, withoutNormals: noNormals, seed: fitting.seed)
    if !printing.quiet { source.remarks.forEach { printMessage("Note: \(singleLine($0))") } }
    var settings = settings
    settings.limits = FitLimits(
      steps: fitting.steps, seconds: fitting.time?.seconds ?? Self.usualShapeSeconds)
    if printing.json { settings.limits.updatesPerReport = every }
    let interruption = Interruption()
    defer { interruption.stop() }
    var printer = FitPrinter(measure: "SNR", printing: printing)
    printer.every = every
    let steps = settings.limits.steps
    let result = try ShapePipeline(settings).run(
      on: source, shouldStop: { interruption.isRequested }
    ) { event in
      printer.show(event, of: steps, source: source.description, updates: "updates")
    }
    printer.finish()
    show(result, of: source)
    try checkEnd(of: result.record)
    if result.isNoBetterThanConstant {
      printMessage(
        "Warning: the result is no better than one constant value; fit for longer, or pass another "
          + "--learning-rate or --omega")
    }
  }

  private static let usualShapeSeconds = 20.0

  private func checkShapeOptions() throws {
    let wrong: [(isGiven: Bool, name: String, purpose: String)] = [
      (resize != nil, "--resize", "pictures"), (frames != nil, "--frames", "clips"),
      (page != 1, "--page", "pictures"), (psnr != nil, "--psnr", "pictures, sounds and clips"),
      (cells != nil || overlap != nil, "--cells and --overlap", "pictures, sounds and clips"),
      (parameters != nil, "--parameters", "pictures, sounds and clips"),
      (report != nil, "--report", "pictures, sounds and clips"),
      (fitting.preview, "--preview", "pictures and clips"),
    ]
    for option in wrong where option.isGiven {
      throw CommandFailure.usage(
        "\(option.name) \(option.name.contains(" and ") ? "are" : "is") for \(option.purpose), "
          + "'\(input)' is a shape")
    }
  }

  private func show(_ result: ShapeFitResult, of source: ShapeSource) {
    let record = result.record
    if printing.json {
      printJSON([
        "model": .string(target), "mean_distance": .number(result.meanDistance),
        "normal_consistency": .number(result.normalConsistency), "steps": .integer(record.steps),
        "seconds": .number(record.seconds), "restarts": .integer(record.restarts),
      ])
      return
    }
    print(
      "\(singleLine(target)): "
        + String(
          format: "%.3f%% of the largest side on the surface, normal consistency %.4f",
          100 * result.meanDistance, result.normalConsistency)
        + " after \(record.steps) steps in \(formatDuration(record.seconds))")
  }
}
