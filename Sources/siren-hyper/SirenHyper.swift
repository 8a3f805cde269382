import ArgumentParser
import Benchmarks
import CommandSupport
import Signals

/// The program `siren-hyper`: priors over collections of pictures.
@main
struct SirenHyper: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "siren-hyper",
    abstract: "Learn a prior from a collection of pictures, and restore pictures from few pixels.",
    discussion: """
      A model learns from a folder of pictures (\(ImageFormat.names)). Given a few \
      pixels of another picture, it generates a SIREN that fits them and predicts the other pixels.

      A model of drawn faces is bundled with the program, so the first example works without \
      training.

      EXAMPLES
        siren-hyper inpaint face.png --keep 10%
        siren-hyper dataset synthesize faces
        siren-hyper train --dataset faces -o prior.safetensors
        siren-hyper inpaint other.png --keep 10% --model prior.safetensors
        siren-hyper evaluate --dataset faces --model prior.safetensors
      """,
    version: Self.version,
    subcommands: [
      TrainCommand.self, InpaintCommand.self, EvaluateCommand.self, SampleCommand.self,
      InterpolateCommand.self, ExportCommand.self, InfoCommand.self, DatasetCommand.self,
      RunsCommand.self,
      BenchCommand<PriorWorkloads>.self,
    ])

  /// Written into models, and printed by `--version`.
  static let version = "0.1.0"

  static func main() {
    runMain(Self.self)
  }
}
