import Foundation
import Interpolation
import Signals

extension EvaluationTable {
  /// The results for every picture as comma-separated values: a header and one line per result.
  ///
  /// The columns are `image`, `method`, `points`, `observed`, `mse`, `mse_unobserved`, `psnr`, `ssim`,
  /// `coverage50`, `coverage90`, `coverage95`, `nll` and `seconds`, in the units of
  /// `ImageEvaluation`. A missing quantity is empty. Text with a comma, a quotation mark or a line break
  /// is quoted (RFC 4180).
  ///
  /// - Parameter names: names of the pictures, such as their paths; a picture without one gets its index.
  public func commaSeparated(names: [String] = []) -> String {
    let header = [
      "image", "method", "points", "observed", "mse", "mse_unobserved", "psnr", "ssim",
      "coverage50", "coverage90", "coverage95", "nll", "seconds",
    ]
    let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
    let lines = perImage.map { result in
      [
        names.indices.contains(result.image) ? names[result.image] : "\(result.image)",
        result.method, "\(result.points)", "\(result.observed)", number(result.mse),
        number(result.mseUnobserved),
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
  /// For an even number of pictures the median is the lower of the two in the middle. Equal errors are
  /// ordered by index.
  ///
  /// - Parameters:
  ///   - method: the name of one of the table's rows.
  ///   - points: one of the table's context sizes.
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
