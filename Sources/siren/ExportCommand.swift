import ArgumentParser
import CommandSupport
import Files
import Fitting

/// `siren export`: a model for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model's arrays for PyTorch and other programs.",
    discussion: """
      The file is in the safetensors format, with the names of the SIREN paper's notebook \
      (net.0.linear.weight to net.N.bias) and without metadata. In PyTorch it is loaded by \
      model.load_state_dict(safetensors.torch.load_file(OUTPUT)). The omegas are not in the arrays, so \
      they are printed. The arrays of a grid have a leading axis of cells. Docs/how-to/export.md has a \
      program that evaluates them.

      EXAMPLES
        siren export photo.safetensors plain.safetensors
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Argument(help: "The file to write.", completion: .file())
  var output: String

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions

  func run() throws {
    try AtomicFile.checkWritable(output, overwrite: overwrite.force)
    let read = try FieldFile.read(model)
    let arrays = try FieldFile.writePlain(read.field, to: output, overwrite: overwrite.force)
    let shape = read.architecture
    if printing.json {
      printJSON([
        "output": .string(output), "format": "safetensors",
        "omega_first": .number(shape.omegaFirst), "omega_hidden": .number(shape.omegaHidden),
      ])
      return
    }
    print(
      "\(singleLine(output)): \(arrays) arrays, "
        + "\(read.field.parameterCount) numbers"
        + (read.grid.map { ", with a leading axis of \($0.grid.count) cells" } ?? ""))
    print("omega \(shape.omegaFirst) in the first layer, \(shape.omegaHidden) in the others")
  }
}
