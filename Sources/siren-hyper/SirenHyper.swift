import ArgumentParser
import CommandSupport

/// The program `siren-hyper`: priors over collections of pictures.
@main
struct SirenHyper: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "siren-hyper",
    abstract: "Learn a prior from a collection of pictures, and fill in what was not measured.",
    discussion: """
      A model learns from a folder of PNG and JPEG pictures. Shown a few pixels of another \
      picture, it generates the sine network that explains them, and so the pixels between.

      EXAMPLES
        siren-hyper dataset index faces
        siren-hyper dataset sheet faces -o sheet.png
      """,
    version: "0.1.0",
    subcommands: [DatasetCommand.self])

  static func main() {
    runMain(Self.self)
  }
}
