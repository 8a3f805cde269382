import CommandSupport
import Foundation
import ImagePriors
import InpaintingEvaluation
import Signals

extension EvaluateCommand {
  /// Compares points that the prior proposes with random ones.
  func runActive(_ prior: any ImagePrior, _ pictures: [Image]) throws {
    guard let posteriors = prior.posteriors() else {
      throw CommandFailure.data(
        "'\(model)' is a trained network and does not say what to measure next; "
          + "learn a prior with 'siren-hyper train --prior subspace'")
    }
    let progress = ProgressReporter("Measuring", unit: "pictures", quiet: printing.quiet)
    let study = try ActiveEvaluation(
      posteriors: posteriors, pictures: pictures,
      counts: try contextSizes(pixels: prior.imageSize * prior.imageSize), seed: seed,
      progress: { progress.update($0, of: $1) })
    progress.finish()
    if printing.json {
      for row in study.rows { printJSON(json(row, images: study.images)) }
    } else {
      printTable(study)
    }
  }

  private func printTable(_ study: ActiveEvaluation) {
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
    print(
      "\(study.images) pictures of the \(split.rawValue) split; all pixels, observed ones pasted in"
    )
    print(table.description)
    print("as random: how many random points give the error of the proposed ones")
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
