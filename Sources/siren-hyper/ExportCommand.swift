import ArgumentParser
import CommandSupport
import Fitting
import Foundation
import ImagePriors
import PriorPipelines

/// `siren-hyper export`: writes the network that a prior generates for one picture.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the SIREN that a model generates for one picture.",
    discussion: """
      The command 'inpaint' renders a network that maps a position to a colour. This command writes \
      that network to a file. 'siren render' renders the file at any size, with derivatives. The \
      observed pixels are given as for 'inpaint'.

      EXAMPLES
        siren-hyper export face.png face.safetensors --keep 10%
        siren-hyper export holes.png face.safetensors --model prior.safetensors
        siren render face.safetensors large.png --size 1024x1024
      """)

  @Argument(help: "The picture, PNG or JPEG.", completion: .file())
  var input: String

  @Argument(help: "The file to write.", completion: .file())
  var output: String

  @OptionGroup var observed: ObservationOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "The seed of the random pixels of --keep.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    try checkOutput(output, overwrite)
    let path = try model.path(quiet: printing.quiet)
    let prior = try ImagePriorFile.read(path)
    let task = try InpaintingTask(
      input: input, observed: observed.source, truth: nil, size: nil, channels: prior.channels,
      seed: seed)
    let field = try prior.field(
      explaining: task.observations, width: task.width, height: task.height)
    let name = { (path: String) in (path as NSString).lastPathComponent }
    try FieldFile.write(
      field, to: output,
      signal: .image(width: task.width, height: task.height, channels: prior.channels),
      provenance: [
        "program": "siren-hyper \(SirenHyper.version)",
        "fit": "generated from \(task.observations.count) points of \(name(input)) "
          + "by the prior \(name(path))",
      ], overwrite: overwrite.force)
    let shape = field.architecture
    if printing.json {
      printJSON([
        "output": .string(output), "points": .integer(task.observations.count),
        "parameters": .integer(shape.parameterCount),
        "hidden_width": .integer(shape.hiddenWidth), "hidden_layers": .integer(shape.hiddenLayers),
      ])
    } else {
      print(
        singleLine(
          "\(output): \(shape.parameterCount) parameters from \(task.observations.count) points "
            + "of \(task.width)x\(task.height)"))
    }
  }
}
