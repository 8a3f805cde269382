import ArgumentParser
import CommandSupport
import ImagePriors
import PriorPipelines

/// `siren-hyper info`: describes a model.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Describe a model.",
    discussion: """
      Prints the kind of a model, the size and channels of its pictures, its number of parameters \
      and how it was made. Without an argument it describes prior.safetensors in the current folder, or \
      the bundled model of faces if there is none. It also takes the names faces and scenes.

      EXAMPLES
        siren-hyper info
        siren-hyper info prior.safetensors
        siren-hyper info prior.safetensors --json
      """)

  @Argument(help: "The model file.", completion: .file())
  var model: String?

  @OptionGroup var printing: OutputOptions

  func run() throws {
    // The output names the model, so no message is needed.
    let path = try ModelOptions.path(model, quiet: true)
    let description = try ImagePriorFile.description(of: path)
    if printing.json {
      printJSON(json(path, description))
    } else {
      printText(path, description)
    }
  }

  private func printText(_ path: String, _ description: PriorDescription) {
    print(singleLine("\(path): \(name(of: description.kind))"))
    print(
      "\(description.scope.noun) of \(description.imageSize)x\(description.imageSize), "
        + "\(description.channels) channel\(description.channels == 1 ? "" : "s")")
    switch description.kind {
    case .subspace(let count, let functions, let codes, let mirrors, let residualNetwork):
      print(
        "\(count) components of \(functions) functions, \(codes) training codes"
          + (mirrors ? ", mirrored pictures equally likely" : ""))
      if let residualNetwork {
        print(
          "residual network of \(residualNetwork.parameters) parameters"
            + (residualNetwork.neighbours.map {
              ", with a first estimate from \($0) nearest training pictures"
            } ?? ""))
      }
    case .hypernetwork(let encoder, let head, let width, let layers):
      print(
        "encoder \(encoder), head \(head), "
          + "generates \(layers) sine layers of width \(width)")
    case .interpolation: break
    case .grid(let widths, let cell):
      print(
        "convolutional set encoder of widths \(widths.map(String.init).joined(separator: ", ")), "
          + "generates a grid of SIRENs of \(cell)x\(cell) pixels; pictures of any size and of 1 to 4 "
          + "channels")
    }
    print("\(description.parameterCount) parameters")
    for (key, value) in description.provenance.sorted(by: { $0.key < $1.key }) {
      print(singleLine("\(key): \(value)"))
    }
  }

  private func name(of kind: PriorKind) -> String {
    switch kind {
    case .subspace: "a subspace prior"
    case .hypernetwork: "a hypernetwork prior"
    case .grid: "a grid prior"
    case .interpolation(let name): "\(name) interpolation"
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
    case .subspace(let count, let functions, let codes, let mirrors, let residualNetwork):
      values["kind"] = "subspace"
      values["residual_network_parameters"] = .integer(residualNetwork?.parameters ?? 0)
      values["residual_network_neighbours"] = .integer(residualNetwork?.neighbours ?? 0)
      values["components"] = .integer(count)
      values["functions"] = .integer(functions)
      values["codes"] = .integer(codes)
      values["mirrors"] = .boolean(mirrors)
    case .hypernetwork(let encoder, let head, let width, let layers):
      values["kind"] = "hypernetwork"
      values["encoder"] = .string(encoder)
      values["head"] = .string(head)
      values["field_width"] = .integer(width)
      values["field_layers"] = .integer(layers)
    case .interpolation(let name): values["kind"] = .string(name)
    case .grid(let widths, let cell):
      values["kind"] = "grid"
      values["widths"] = .array(widths.map { .integer($0) })
      values["cell_size"] = .integer(cell)
    }
    return .object(values)
  }
}
