import ArgumentParser
import CommandSupport
import Fitting
import Foundation
import Notebook

/// `siren analyze spectrum`: which frequencies a freshly initialized network holds.
struct SpectrumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectrum",
    abstract: "Show the frequencies in a freshly initialized network, by its omega.",
    discussion: """
      The spectrum is that of the sum over a layer's units, in cycles over the input range -1 to 1. It \
      depends on the first layer's omega, which should therefore fit the frequencies of the signal.

      EXAMPLES
        siren analyze spectrum
        siren analyze spectrum --omega 10 --omega 30 --omega 300 --frequencies 400
      """)

  @Option(help: "The frequency scale of the first layer; repeat the option to compare.")
  var omega: [Float] = [10, 30, 100]

  @Option(help: "Units of each hidden layer.")
  var width = 512

  @Option(help: "Number of hidden layers after the first.")
  var layers = 4

  @Option(help: "Number of inputs, equally spaced over -1...1.")
  var points = 8_192

  @Option(help: "The highest frequency shown, in cycles over the input range.")
  var frequencies = 100

  @Option(help: "The seed of the weights.")
  var seed: UInt64 = 1

  @OptionGroup var output: AnalysisOutput
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard (1...8_192).contains(width), (0...64).contains(layers),
      (2...1_048_576).contains(points), (1...4_096).contains(frequencies)
    else {
      throw ValidationError(
        "expected --width 1 to 8192, --layers 0 to 64, --points 2 to 1048576 and --frequencies 1 to "
          + "4096, got \(width), \(layers), \(points) and \(frequencies).")
    }
    guard 2 * frequencies < points else {
      throw ValidationError(
        "--points \(points) cannot hold \(frequencies) cycles, expected more than "
          + "\(2 * frequencies) points.")
    }
    guard (1...9).contains(omega.count), omega.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw ValidationError("expected 1 to 9 values of --omega above 0, got \(omega).")
    }
  }

  func run() throws {
    threads.apply()
    try output.check(for: "spectrum")
    let progress = ProgressReporter("Spectra", unit: "inputs", quiet: output.printing.quiet)
    let studies = omega.enumerated().map { index, omega in
      ActivationStudy(
        ActivationSettings(
          width: width, hiddenLayers: layers, points: points, omegaFirst: omega,
          highestFrequency: frequencies, seed: seed)
      ) { progress.update(index * $1 + $0, of: self.omega.count * $1) }
    }
    let seconds = progress.elapsed
    progress.finish()

    var table = TextTable(
      [.right("layer")] + omega.map { .right(String(format: "omega %g", $0)) })
    for layer in 0...layers {
      table.append(
        ["\(layer + 1)"]
          + studies.map { String(format: "%.1f", $0.layers[layer].activation.meanFrequency) })
    }
    let numbers: JSONValue = [
      "seconds": .number(seconds),
      "studies": .array(
        studies.map { study in
          var numbers = study.settings.json
          numbers["spectra"] = .array(
            study.layers.map { layer in
              [
                "mean_frequency": .number(layer.activation.meanFrequency),
                "magnitudes": .array(layer.activation.spectrum.map { .number(Float($0)) }),
              ]
            })
          return .object(numbers)
        }),
    ]
    try output.write(
      SpectrumFigure.figure(of: studies), numbers: numbers,
      summary:
        "\(table)\nmean frequency of the activations up to \(frequencies) cycles over the input, "
        + "in \(formatDuration(seconds))", for: "spectrum")
  }
}
