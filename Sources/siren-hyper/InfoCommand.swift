import ArgumentParser
import CommandSupport
import HyperPrior

/// `siren-hyper info`: what a model is.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Describe a model.",
    discussion: """
      Says of which kind a model is, for which pictures, how large, and how it was made. Without a \
      name it describes the model that 'inpaint' would use.

      EXAMPLES
        siren-hyper info
        siren-hyper info prior.safetensors
        siren-hyper info prior.safetensors --json
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String?

  @OptionGroup var printing: OutputOptions

  func run() throws {
    // The answer names the model, so nothing needs to be said beside it.
    let path = try ModelOptions.path(model, quiet: true)
    let description = try PriorDescription(reading: path)
    if printing.json {
      printJSON(json(path, description))
    } else {
      printText(path, description)
    }
  }

  private func printText(_ path: String, _ description: PriorDescription) {
    print(singleLine("\(path): \(name(of: description.kind))"))
    print(
      "\(description.scope == .window ? "windows" : "pictures") of \(description.imageSize)x\(description.imageSize), "
        + "\(description.channels) channel\(description.channels == 1 ? "" : "s")")
    switch description.kind {
    case .components(let count, let functions, let codes, let mirrors, let correction):
      print(
        "\(count) components of \(functions) functions, \(codes) codes"
          + (mirrors ? ", mirrored pictures as likely" : ""))
      if let correction {
        print(
          "corrected by a network of \(correction.parameters) parameters"
            + (correction.neighbours.map { ", which is shown what \($0) neighbours make" } ?? ""))
      }
    case .network(let encoder, let head, let width, let layers):
      print(
        "encoder \(encoder.rawValue), head \(head.rawValue), "
          + "generates \(layers) sine layers of width \(width)")
    }
    print("\(description.parameterCount) numbers")
    for (key, value) in description.provenance.sorted(by: { $0.key < $1.key }) {
      print(singleLine("\(key): \(value)"))
    }
  }

  private func name(of kind: PriorDescription.Kind) -> String {
    switch kind {
    case .components: "a prior of components"
    case .network: "a prior trained by descent"
    }
  }

  private func json(_ path: String, _ description: PriorDescription) -> JSONValue {
    var values: [String: JSONValue] = [
      "model": .string(path), "image_size": .integer(description.imageSize),
      "channels": .integer(description.channels), "scope": .string(description.scope.rawValue),
      "parameters": .integer(description.parameterCount),
      "provenance": .object(description.provenance.mapValues { .string($0) }),
    ]
    switch description.kind {
    case .components(let count, let functions, let codes, let mirrors, let correction):
      values["kind"] = "components"
      values["correction_parameters"] = .integer(correction?.parameters ?? 0)
      values["correction_neighbours"] = .integer(correction?.neighbours ?? 0)
      values["components"] = .integer(count)
      values["functions"] = .integer(functions)
      values["codes"] = .integer(codes)
      values["mirrors"] = .boolean(mirrors)
    case .network(let encoder, let head, let width, let layers):
      values["kind"] = "network"
      values["encoder"] = .string(encoder.rawValue)
      values["head"] = .string(head.rawValue)
      values["field_width"] = .integer(width)
      values["field_layers"] = .integer(layers)
    }
    return .object(values)
  }
}
