import ArgumentParser
import CommandSupport
import Foundation
import PriorPipelines

/// `--model`, with a default that works without training.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model file (default: prior.safetensors in the current folder if it exists, else the "
        + "bundled model of drawn faces).", valueName: "file"),
    completion: .file())
  var model: String?

  /// The path of the model; prints a message with the path if none was given.
  func path(quiet: Bool) throws -> String { try Self.path(model, quiet: quiet) }

  /// The path of a model that may be given as an argument.
  static func path(_ named: String?, quiet: Bool) throws -> String {
    if let named { return named }
    let path = try ImagePriorFile.defaultPath(
      program: Bundle.main.executablePath ?? CommandLine.arguments.first ?? "")
    if !quiet { printMessage(singleLine("using the model '\(path)'; --model selects another")) }
    return path
  }
}
