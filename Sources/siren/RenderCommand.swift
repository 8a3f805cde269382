import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fitting
import Foundation
import Signals

/// `siren render`: a picture from a model.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render a fitted network at any size.",
    discussion: """
      EXAMPLES
        siren render photo.safetensors photo.png
        siren render photo.safetensors large.png --size 2048x2048
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Argument(help: "The picture to write, PNG.", completion: .file())
  var output: String

  @Option(help: "Size of the picture.")
  var size = PictureSize(width: 256, height: 256)

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    if let count = threads.threads { Parallel.threadCount = count }
    try AtomicFile.checkWritable(output, overwrite: overwrite.force)
    let field = try FieldFile.read(model).field
    guard field.architecture.coordinates == 2, (1...4).contains(field.architecture.outputs) else {
      throw CommandFailure.data(
        "'\(model)' maps \(field.architecture.coordinates) coordinates to "
          + "\(field.architecture.outputs) values, a picture needs 2 and 1 to 4")
    }
    let image = FieldRenderer.image(of: field, width: size.width, height: size.height)
    try ImageFile.writePNG(image, to: output, overwrite: overwrite.force)
    if printing.json {
      printJSON([
        "output": .string(output), "width": .integer(size.width), "height": .integer(size.height),
      ])
    } else {
      print("\(output): \(size.width)x\(size.height)")
    }
  }
}
