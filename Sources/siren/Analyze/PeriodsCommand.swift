import ArgumentParser
import CommandSupport
import Fitting
import Foundation
import Notebook

/// `siren analyze periods`: when the sum of two sines repeats.
struct PeriodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "periods",
    abstract: "Show when the sum of two sines repeats.",
    discussion: """
      sin(x) + sin(r x) is periodic if and only if the ratio r is rational. The command prints after how \
      many turns of the first sine the sum comes closest to a repetition.

      EXAMPLES
        siren analyze periods
        siren analyze periods --ratio 1.5 --ratio 1.41421356 --turns 100
      """)

  @Option(help: "The second frequency divided by the first; repeat the option to compare.")
  var ratio: [Double] = [2, Double.pi]

  @Option(help: "The number of turns of the first sine to try.")
  var turns = 1_000

  @OptionGroup var output: AnalysisOutput

  func validate() throws {
    guard (1...12).contains(ratio.count),
      ratio.allSatisfy({ $0.isFinite && abs($0) <= 1_000 })
    else {
      throw ValidationError("expected 1 to 12 values of --ratio from -1000 to 1000, got \(ratio).")
    }
    guard (1...10_000_000).contains(turns) else {
      throw ValidationError("--turns is \(turns), expected 1 to 10000000.")
    }
  }

  func run() throws {
    try output.check(for: "periods")
    let studies = ratio.map { PeriodStudy(ratio: $0) }
    var table = TextTable([
      .right("ratio"), .right("turns"), .right("mismatch"), .right("turns in single precision"),
    ])
    var rows: [JSONValue] = []
    for study in studies {
      let closest = study.closestRepetition(within: turns)
      let single = study.periodInSinglePrecision
      table.append([
        String(format: "%.7g", study.ratio), "\(closest.turns)",
        String(format: "%.2g", closest.mismatch), String(format: "%.0f", single),
      ])
      rows.append([
        "ratio": .number(study.ratio), "turns": .integer(closest.turns),
        "mismatch": .number(closest.mismatch), "turns_single_precision": .number(single),
      ])
    }
    try output.write(
      PeriodFigure.figure(of: studies),
      numbers: ["turns_tried": .integer(turns), "sums": .array(rows)],
      summary: "\(table)\nturns of the first sine until the sum comes closest to itself",
      for: "periods")
  }
}
