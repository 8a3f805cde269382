import Foundation
import Signals

extension EvaluationTable {
  /// The results of every picture as comma-separated values, with a header and a line each.
  ///
  /// The columns are `image`, `method`, `points`, `mse`, `mse_unobserved`, `psnr`, `ssim`,
  /// `coverage50`, `coverage90`, `coverage95`, `nll` and `seconds`, in the units of
  /// `ImageEvaluation`; a quantity that does not exist is empty. Text with a comma, a quotation mark
  /// or a line break is quoted (RFC 4180).
  ///
  /// - Parameter names: of the pictures, such as their paths; a picture beyond them has its index.
  public func commaSeparated(names: [String] = []) -> String {
    let header = [
      "image", "method", "points", "mse", "mse_unobserved", "psnr", "ssim", "coverage50",
      "coverage90", "coverage95", "nll", "seconds",
    ]
    let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
    let lines = perImage.map { result in
      [
        names.indices.contains(result.image) ? names[result.image] : "\(result.image)",
        result.method, "\(result.points)", number(result.mse), number(result.mseUnobserved),
        number(result.mse > 0 ? Quality.peakSignalToNoise(meanSquaredError: result.mse) : nil),
        number(result.ssim), number(result.calibration?.coverage50),
        number(result.calibration?.coverage90), number(result.calibration?.coverage95),
        number(result.calibration?.negativeLogLikelihood), number(result.seconds),
      ]
    }
    return ([header] + lines)
      .map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// The pictures with a method's lowest, median and highest error over all pixels.
  ///
  /// Of an even number the median is the lower one of the two in the middle; equal errors go by
  /// index.
  ///
  /// - Parameters:
  ///   - method: name of one of the table's rows.
  ///   - points: one of its context sizes.
  /// - Returns: best, median, worst, without repeating a picture; empty if there is no such row.
  public func bestMedianWorst(method: String, points: Int) -> [ImageEvaluation] {
    let own = perImage.filter { $0.method == method && $0.points == points }
      .sorted { ($0.mse, $0.image) < ($1.mse, $1.image) }
    guard !own.isEmpty else { return [] }
    var chosen: [Int] = []
    for position in [0, (own.count - 1) / 2, own.count - 1] where !chosen.contains(position) {
      chosen.append(position)
    }
    return chosen.map { own[$0] }
  }
}
