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
        + "in the current folder if it exists, else as the description says).", valueName: "file"),
    completion: .file())
  var model: String?

  /// The path of the running program, from which the bundled models are found.
  private static var program: String {
    Bundle.main.executablePath ?? CommandLine.arguments.first ?? ""
  }

  /// The path of a model that may be given as an argument.
  static func path(_ named: String?, quiet: Bool) throws -> String {
    if let named {
      return try BundledModel(rawValue: named)?.path(program: program) ?? named
    }
    let path = try ImagePriorFile.defaultPath(program: program)
    if !quiet { printMessage(singleLine("using the model '\(path)'; --model selects another")) }
    return path
  }

  /// The file of a model that is no name of this program's, for `DistinctFiles`.
  static func files(_ name: String) -> [(option: String, path: String?)] {
    let isOwn =
      BundledModel(rawValue: name) != nil || InterpolationPrior.Method(rawValue: name) != nil
    return [("the model", isOwn ? nil : name)]
  }

  /// The file of the model that was named, or of the default one if it exists.
  var files: [(option: String, path: String?)] {
    let name = ImagePriorFile.defaultName
    return Self.files(
      model ?? (FileManager.default.fileExists(atPath: name) ? name : BundledModel.faces.rawValue))
  }

  /// The prior of a name, with its file for messages and the ranges of its training pictures.
  ///
  /// The name is that of a bundled model, a simple method or a file.
  static func prior(
    _ name: String
  ) throws -> (prior: any ImagePrior, path: String, scale: PictureScale?) {
    if let method = InterpolationPrior.Method(rawValue: name) {
      return (InterpolationPrior(method), name, nil)
    }
    let path = try path(name, quiet: true)
    let (prior, scale) = try ImagePriorFile.readWithScale(path)
    return (prior, path, scale)
  }

  /// The prior for pictures that are drawn without observations: the one that was named, or the default file.
  func prior(
    quiet: Bool
  ) throws -> (prior: any ImagePrior, path: String, scale: PictureScale?) {
    try Self.prior(model ?? Self.path(nil, quiet: quiet))
  }

  /// How the prior of a picture is chosen: it was named, it is `prior.safetensors` in the current folder, or it is the
  /// bundled model or simple method that restores the picture's own observations best.
  ///
  /// - Parameters:
  ///   - quiet: whether to omit the message about a file that was not named.
  ///   - withUncertainty: whether only methods that estimate their uncertainty may be chosen.
  ///   - oneNetwork: whether only a model that generates one network may be chosen.
  func choice(
    quiet: Bool, withUncertainty: Bool = false, oneNetwork: Bool = false
  ) throws -> PriorChoice {
    if model != nil || FileManager.default.fileExists(atPath: ImagePriorFile.defaultName) {
      let (prior, path, scale) = try prior(quiet: quiet)
      return .one(prior, path: path, scale)
    }
    if oneNetwork {
      let (prior, path, scale) = try Self.prior(BundledModel.faces.rawValue)
      return .one(prior, path: path, scale)
    }
    let names =
      withUncertainty ? ["scenes", "faces"] : ["scenes", "linear", "biharmonic", "faces"]
    return .best(
      try names.map {
        MethodCandidate(name: $0, prior: try Self.prior($0).prior)
      })
  }
}

/// How the prior of a picture is chosen.
enum PriorChoice {
  /// The same for all pictures, from a file.
  case one(any ImagePrior, path: String, PictureScale?)
  /// The best of several for each picture.
  case best([MethodCandidate])

  /// The ranges of a file's training pictures; nil where pictures choose their own.
  var scale: PictureScale? {
    if case .one(_, _, let scale) = self { scale } else { nil }
  }

  /// The prior for a picture in its own channels; prints a message about a choice by evidence.
  func prior(
    for task: InpaintingTask, quiet: Bool
  ) throws -> (prior: any ImagePrior, path: String) {
    let (prior, path, evidence) = try prior(for: task)
    if !quiet, let evidence { printMessage(evidence.message) }
    return (prior, path)
  }

  /// The prior for a picture in its own channels, with its name or file, and the evidence of a choice.
  func prior(
    for task: InpaintingTask
  ) throws -> (prior: any ImagePrior, path: String, evidence: MethodEvidence?) {
    switch self {
    case .one(let prior, let path, _): return (prior, path, nil)
    case .best(let candidates):
      let evidence = try MethodEvidence(
        among: candidates, task.observations, width: task.width, height: task.height)
      let chosen = candidates[evidence.chosen]
      return (chosen.prior, chosen.name, evidence)
    }
  }
}

extension MethodEvidence {
  /// One line about the choice.
  var message: String {
    let name = chosenError.name
    guard heldOut > 0 else {
      return
        "using '\(name)': there are too few observations to compare methods; --model selects another"
    }
    let others = errors.filter { $0.name != name }.map { error in
      String(
        format: "%@ %.2f dB", error.name,
        Quality.peakSignalToNoise(meanSquaredError: error.meanSquaredError))
    }
    return String(
      format: "using '%@': %.2f dB at %d held-out observations (%@); --model selects another", name,
      Quality.peakSignalToNoise(meanSquaredError: chosenError.meanSquaredError), heldOut,
      others.joined(separator: ", "))
  }
}
