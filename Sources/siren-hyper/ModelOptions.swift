import ArgumentParser
import CommandSupport
import Foundation
import ImagePriors
import PriorPipelines
import Signals

/// `--model`, with a default that works without training.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model file, or one of faces, scenes, linear and biharmonic (default: prior.safetensors "
        + "in the current folder if it exists, else one of these).", valueName: "file"),
    completion: .file())
  var model: String?

  /// The path of the running program, from which the bundled models are found.
  private static var program: String {
    Bundle.main.executablePath ?? CommandLine.arguments.first ?? ""
  }

  /// The path of the model; prints a message with the path if none was given.
  func path(quiet: Bool) throws -> String { try Self.path(model, quiet: quiet) }

  /// The path of a model that may be given as an argument.
  static func path(_ named: String?, quiet: Bool) throws -> String {
    if let named {
      return try BundledModel(rawValue: named)?.path(program: program) ?? named
    }
    let path = try ImagePriorFile.defaultPath(program: program)
    if !quiet { printMessage(singleLine("using the model '\(path)'; --model selects another")) }
    return path
  }

  /// The prior of a name, with its file for messages: a bundled model, a simple method or a file.
  static func prior(_ name: String) throws -> (prior: any ImagePrior, path: String) {
    if let method = InterpolationPrior.Method(rawValue: name) {
      return (InterpolationPrior(method), name)
    }
    let path = try path(name, quiet: true)
    return (try ImagePriorFile.read(path), path)
  }

  /// The prior for pictures that are drawn without observations: the one that was named, or the default file.
  func prior(quiet: Bool) throws -> (prior: any ImagePrior, path: String) {
    if let model { return try Self.prior(model) }
    let path = try path(quiet: quiet)
    return (try ImagePriorFile.read(path), path)
  }

  /// The prior for a picture: the one that was named, `prior.safetensors` in the current folder, or the bundled model
  /// or simple method that restores the picture's own observations best.
  ///
  /// - Parameters:
  ///   - quiet: whether to omit the message about the choice.
  ///   - task: the picture, in its own channels.
  func prior(
    for task: InpaintingTask, quiet: Bool
  ) throws -> (prior: any ImagePrior, path: String) {
    if let model { return try Self.prior(model) }
    let file = ImagePriorFile.defaultName
    if FileManager.default.fileExists(atPath: file) {
      if !quiet { printMessage(singleLine("using the model '\(file)'; --model selects another")) }
      return (try ImagePriorFile.read(file), file)
    }
    let candidates = try ["scenes", "linear", "biharmonic", "faces"].map {
      MethodCandidate(name: $0, prior: try Self.prior($0).prior)
    }
    let evidence = try MethodEvidence(
      among: candidates, task.observations, width: task.width, height: task.height)
    let chosen = candidates[evidence.chosen]
    if !quiet { printMessage(evidence.message) }
    return (chosen.prior, chosen.name)
  }
}

extension MethodEvidence {
  /// One line about the choice.
  var message: String {
    let name = errors[chosen].name
    guard heldOut > 0 else {
      return
        "using '\(name)': there are too few observations to compare methods; --model selects another"
    }
    let others = errors.enumerated().filter { $0.offset != chosen }.map { _, error in
      String(
        format: "%@ %.2f dB", error.name,
        Quality.peakSignalToNoise(meanSquaredError: error.meanSquaredError))
    }
    return String(
      format: "using '%@': %.2f dB at %d held-out observations (%@); --model selects another", name,
      Quality.peakSignalToNoise(meanSquaredError: errors[chosen].meanSquaredError), heldOut,
      others.joined(separator: ", "))
  }
}
