import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fitting
import Foundation
import Notebook

/// `siren analyze activations`: the distributions inside a freshly initialized network.
struct ActivationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activations",
    abstract: "Show the distributions and spectra inside a freshly initialized network.",
    discussion: """
      The defaults are those of the SIREN paper's notebook. Pre-activations should follow the \
      standard normal and activations the arcsine distribution in every layer; the distances are \
      0 for equal and 1 for disjoint distributions.

      EXAMPLES
        siren analyze activations
        siren analyze activations --width 512 --layers 5 --points 4096 -o small
        siren analyze activations --json > numbers.json
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var output: AnalysisOutput
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    try output.check(for: "activations")
    let progress = ProgressReporter("Activations", unit: "inputs", quiet: output.printing.quiet)
    let study = ActivationStudy(network.settings) { progress.update($0, of: $1) }
    let seconds = progress.elapsed
    progress.finish()

    var table = TextTable([
      .right("layer"), .right("pre-activation"), .right("expected"), .right("to normal"),
      .right("activation"), .right("to arcsine"), .right("gradient"),
    ])
    for (index, layer) in study.layers.enumerated() {
      let expected = study.settings.expectedDeviation(ofLayer: index)
      let normal = layer.preactivation.histogram.distance(to: .normal(deviation: 1))
      table.append([
        "\(index + 1)", String(format: "%.3f", layer.preactivation.histogram.deviation),
        expected.map { String(format: "%.3f", $0) } ?? "", String(format: "%.3f", normal),
        String(format: "%.3f", layer.activation.histogram.deviation),
        String(format: "%.3f", layer.activation.histogram.distance(to: .arcsine)),
        String(format: "%.2e", layer.preactivationGradient.histogram.deviation),
      ])
    }
    var numbers = study.settings.json
    numbers["seconds"] = .number(seconds)
    numbers["layers"] = .array(
      study.layers.enumerated().map { index, layer in
        [
          "layer": .integer(index + 1),
          "expected_deviation": study.settings.expectedDeviation(ofLayer: index)
            .map { .number($0) } ?? .null,
          "preactivation": layer.preactivation.json(.normal(deviation: 1)),
          "activation": layer.activation.json(.arcsine),
          "preactivation_gradient": layer.preactivationGradient.json(nil),
          "activation_gradient": layer.activationGradient.json(nil),
        ]
      })
    try output.write(
      ActivationFigure.figure(of: study), numbers: .object(numbers),
      summary:
        "\(table)\nstandard deviations, and distances 0 to 1, after \(formatDuration(seconds))",
      for: "activations")
  }
}
