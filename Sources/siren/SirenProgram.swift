import ArgumentParser
import Benchmarks
import CommandSupport
import DifferentiableCore

/// The program `siren`: one field for one signal.
@main
struct SirenProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "siren",
    abstract: "Fit sine networks to a picture, a sound or a clip, and render them at any size.",
    discussion: """
      EXAMPLES
        siren fit photo.png -o photo.safetensors
        siren render photo.safetensors large.png --size 2048x2048
        siren fit song.wav --for 30s
        siren poisson photo.png --from gradient
        siren info photo.safetensors
      """,
    version: Self.version,
    subcommands: [
      FitCommand.self, RenderCommand.self, InfoCommand.self, ExportCommand.self,
      PoissonCommand.self, SolveCommand.self, BlendCommand.self, MeshCommand.self,
      EvaluateShapeCommand.self, AnalyzeCommand.self, ReproduceCommand.self,
      BenchCommand<FieldWorkloads>.self,
    ])

  /// Written into models, and printed by `--version`.
  static let version = "0.1.0"

  static func main() {
    runMain(Self.self)
  }
}
