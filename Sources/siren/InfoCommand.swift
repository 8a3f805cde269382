import ArgumentParser
import CommandSupport
import Fitting

/// `siren info`: what a model is.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Describe a fitted network.",
    discussion: """
      EXAMPLES
        siren info photo.safetensors
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @OptionGroup var printing: OutputOptions

  func run() throws {
    let (field, metadata) = try FieldFile.read(model)
    let shape = field.architecture
    if printing.json {
      printJSON([
        "coordinates": .integer(shape.coordinates), "outputs": .integer(shape.outputs),
        "hidden_width": .integer(shape.hiddenWidth), "hidden_layers": .integer(shape.hiddenLayers),
        "omega_first": .number(Double(shape.omegaFirst)),
        "omega_hidden": .number(Double(shape.omegaHidden)),
        "parameters": .integer(shape.parameterCount), "fit": .string(metadata["fit"]),
      ])
      return
    }
    print("\(shape.coordinates) coordinates -> \(shape.outputs) values")
    print(
      "\(shape.hiddenLayers + 1) sine layers of width \(shape.hiddenWidth), "
        + "omega \(shape.omegaFirst) and \(shape.omegaHidden), \(shape.parameterCount) parameters")
    if let fit = metadata["fit"] { print(singleLine(fit)) }
  }
}
