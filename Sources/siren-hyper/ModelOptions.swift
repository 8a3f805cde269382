import ArgumentParser
import CommandSupport
import Foundation
import ImagePriors

/// `--model`, or where it is not given the model that a newcomer has.
struct ModelOptions: ParsableArguments {
  /// What `train` writes unless told otherwise; used before the bundled model.
  private static let own = "prior.safetensors"

  @Option(
    help: ArgumentHelp(
      "The model file (default: prior.safetensors in the current folder if there is one, else the "
        + "model of faces that comes with the program).", valueName: "file"),
    completion: .file())
  var model: String?

  /// The model's path; tells which one is taken where none was named.
  func path(quiet: Bool) throws -> String { try Self.path(model, quiet: quiet) }

  /// The same for a command that takes the model as an argument.
  static func path(_ named: String?, quiet: Bool) throws -> String {
    if let named { return named }
    let path =
      FileManager.default.fileExists(atPath: own)
      ? own
      : try BundledModel.path(
        program: Bundle.main.executablePath ?? CommandLine.arguments.first ?? "")
    if !quiet { printMessage(singleLine("using the model '\(path)'; --model names another")) }
    return path
  }
}
