import ArgumentParser

/// `siren analyze`: how sine networks behave.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Look into sine networks: activations, spectra, shifts, ranges and periods.",
    discussion: """
      Each writes a figure as PNG and SVG and its numbers as JSON, beside each other under one name.

      EXAMPLES
        siren analyze activations
        siren analyze shift --width 512 -o shift
        siren analyze range photo.safetensors
      """,
    subcommands: [
      ActivationsCommand.self, SpectrumCommand.self, ShiftCommand.self, RangeCommand.self,
      PeriodsCommand.self,
    ])
}
