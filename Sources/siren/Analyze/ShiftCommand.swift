import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fitting
import Foundation
import Notebook

/// `siren analyze shift`: the distributions inside a network whose inputs are moved far away.
struct ShiftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shift",
    abstract: "Show that the distributions inside a network survive a shift of its inputs.",
    discussion: """
      The distance of two distributions is the largest difference of their cumulative distribution \
      functions: 0 for equal and 1 for disjoint ones. The first layer's pre-activations move with the \
      input. Everything after them keeps its distribution.

      EXAMPLES
        siren analyze shift
        siren analyze shift --by 1e4 --width 512 --points 4096 -o far
      """)

  @Option(help: "The number that is added to every input.")
  var by: Float = 1_000

  @OptionGroup var network: NetworkOptions
  @OptionGroup var output: AnalysisOutput
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard by.isFinite, abs(by) <= 1e6 else {
      throw ValidationError(
        "--by is \(by), expected -1e6 to 1e6; single precision does not resolve more.")
    }
  }

  func run() throws {
    threads.apply()
    try output.check(for: "shift")
    let progress = ProgressReporter("Activations", unit: "inputs", quiet: output.printing.quiet)
    let study = ShiftStudy(network.settings, shift: by) { progress.update($0, of: $1) }
    let seconds = progress.elapsed
    progress.finish()

    var table = TextTable([
      .right("layer"), .right("pre-activation"), .right("activation"), .right("gradient before"),
      .right("gradient after"),
    ])
    for (index, distance) in study.distances.enumerated() {
      let text = { (value: Double) in String(format: "%.4f", value) }
      table.append([
        "\(index + 1)", text(distance.preactivation), text(distance.activation),
        text(distance.preactivationGradient), text(distance.activationGradient),
      ])
    }
    var numbers = network.settings.json
    numbers["shift"] = .number(by)
    numbers["seconds"] = .number(seconds)
    numbers["distances"] = .array(
      study.distances.enumerated().map { index, distance in
        [
          "layer": .integer(index + 1), "preactivation": .number(distance.preactivation),
          "activation": .number(distance.activation),
          "preactivation_gradient": .number(distance.preactivationGradient),
          "activation_gradient": .number(distance.activationGradient),
        ]
      })
    try output.write(
      ShiftFigure.figure(of: study), numbers: .object(numbers),
      summary: "\(table)\ndistances 0 to 1 after a shift by \(by), in \(formatDuration(seconds))",
      for: "shift")
  }
}
