import CommandSupport
import Foundation
import ImagePriors
import InpaintingEvaluation

extension EvaluateCommand {
  /// Prints a heading and one line per context size and method.
  func printTable(_ rows: [EvaluationRow], size: Int, contexts: [Int]) {
    var table = TextTable([
      .right("points"), .left("method"), .right("mse"), .right("unobserved"), .right("psnr"),
      .right("ssim"), .right("covers 50/90/95%"), .right("nll"), .right("ms/picture"),
    ])
    for row in rows {
      table.append([
        "\(row.points)", row.method, number(row.mse, 5), number(row.mseUnobserved, 5),
        number(row.psnr, 2), number(row.ssim, 3), coverage(row.calibration),
        number(row.calibration?.negativeLogLikelihood, 3), number(row.seconds * 1_000, 1),
      ])
    }
    print(heading(pictures: rows.first?.images ?? 0))
    if let remark = observedRemark(rows) { print(remark) }
    if maskKind == .random && contexts == [10, 100, 1_000] {
      let own = size == 32 ? "" : "; the paper uses pictures of 32x32"
      print(
        "mse follows the protocol of arXiv 2006.09661: over all pixels of clipped values\(own)")
    }
    print(table.description)
    if let csv { print("results of every picture: \(singleLine(csv))") }
    if let sheet { print("best, median and worst picture: \(singleLine(sheet))") }
  }

  /// The pixels that were really observed, where a shape cannot observe as many as were requested; nil elsewhere.
  private func observedRemark(_ rows: [EvaluationRow]) -> String? {
    var counts: [String] = []
    for row in rows where abs(row.observed - Double(row.points)) >= 0.5 {
      let observed = row.observed == row.observed.rounded() ? 0 : 1
      let count = "\(number(row.observed, observed)) for \(row.points)"
      if !counts.contains(count) { counts.append(count) }
    }
    return counts.isEmpty
      ? nil : "really observed, on average: \(counts.joined(separator: ", ")) points"
  }

  private func heading(pictures: Int) -> String {
    let pictures = "\(pictures) pictures of the \(split.rawValue) split"
    switch maskKind {
    case .random: return pictures + ", the same random pixels for every method"
    case .block: return pictures + ", a random block hidden, the same for every method"
    case .half: return pictures + ", a random half hidden, the same for every method"
    case .strokes: return pictures + ", random strokes hidden, the same for every method"
    case .lines: return pictures + ", rows at equal distances observed, the same for every method"
    case .spiral: return pictures + ", a spiral observed, the same for every method"
    }
  }

  private func number(_ value: Double?, _ digits: Int) -> String {
    value.map { String(format: "%.\(digits)f", $0) } ?? "-"
  }

  private func coverage(_ calibration: Calibration?) -> String {
    guard let calibration else { return "-" }
    return [calibration.coverage50, calibration.coverage90, calibration.coverage95]
      .map { number(100 * $0, 1) }.joined(separator: "/")
  }

  /// One row as JSON.
  func json(_ row: EvaluationRow) -> JSONValue {
    [
      "method": .string(row.method), "mask": .string(maskKind.rawValue),
      "points": .integer(row.points), "observed": .number(row.observed),
      "images": .integer(row.images), "mse": .number(row.mse),
      "mse_unobserved": .number(row.mseUnobserved), "psnr": .number(row.psnr),
      "psnr_mean": .number(row.meanPSNR),
      "ssim": .number(row.ssim), "coverage50": .number(row.calibration?.coverage50),
      "coverage90": .number(row.calibration?.coverage90),
      "coverage95": .number(row.calibration?.coverage95),
      "nll": .number(row.calibration?.negativeLogLikelihood), "seconds": .number(row.seconds),
    ]
  }
}
