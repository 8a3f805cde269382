import ArgumentParser

/// `siren analyze`: how sine networks behave.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Analyze sine networks: activations, spectra, shifts, ranges and periods.",
    discussion: """
      Each analysis writes a figure as PNG and as SVG, and its numbers as JSON, under one name.

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
