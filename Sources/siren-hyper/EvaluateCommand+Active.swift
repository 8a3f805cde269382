import CommandSupport
import Foundation
import InpaintingEvaluation
import PriorPipelines

extension EvaluateCommand {
  /// Compares measuring at points that the prior proposes with measuring at random points.
  ///
  /// - Parameter isCropped: whether the pictures are the middle parts of larger ones, which is told.
  func runActive(
    _ evaluation: EvaluationPipeline, _ pictures: EvaluationPictures, _ contextSizes: [Int],
    isCropped: Bool
  ) throws {
    let part = isCropped ? pictures.images.first.map { "the middle \($0.width)x\($0.height)" } : nil
    if let part, !printing.quiet {
      printMessage("Note: the pictures have different sizes; \(part) of each is compared")
    }
    let progress = ProgressReporter("Measuring", unit: "pictures", quiet: printing.quiet)
    let study = try evaluation.compareMeasuring(
      pictures, contextSizes: contextSizes, report: { show($0, progress) })
    progress.finish()
    if printing.json {
      for row in study.rows { printJSON(json(row, images: study.images)) }
    } else {
      printTable(study, part)
    }
  }

  private func printTable(_ study: ActiveEvaluation, _ part: String?) {
    var table = TextTable([
      .right("points"), .right("mse random"), .right("mse proposed"), .right("as random"),
      .right("saved"),
    ])
    for row in study.rows {
      table.append([
        "\(row.points)", String(format: "%.5f", row.mseRandom),
        String(format: "%.5f", row.mseProposed),
        row.randomNeeded.map { String(format: "%.0f", $0) } ?? "> \(study.mostRandomPoints)",
        row.randomNeeded.map {
          String(format: "%.0f%%", 100 * (1 - Double(row.points) / $0))
        } ?? "-",
      ])
    }
    let pixels = part.map { "\($0) of each" } ?? "all pixels"
    print(
      "\(study.images) pictures of the \(split.rawValue) split; \(pixels), observed ones pasted in")
    print(table.description)
    print("as random: the number of random points with the same error")
  }

  private func json(_ row: ActiveEvaluation.Row, images: Int) -> JSONValue {
    [
      "points": .integer(row.points), "images": .integer(images),
      "mse_random": .number(row.mseRandom), "mse_proposed": .number(row.mseProposed),
      "random_needed": .number(row.randomNeeded),
      "saved": .number(row.randomNeeded.map { 1 - Double(row.points) / $0 }),
    ]
  }
}
