import ArgumentParser
import CommandSupport
import Files
import Fitting
import Foundation
import LivePages

/// `siren export`: a model for other programs, or as a page for a browser.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model as a live page for a browser, or its arrays for PyTorch.",
    discussion: """
      A name that ends in .html gets a page: one file that needs no network and no other file. The \
      browser evaluates the field in it, on the graphics processor where it has WebGL 2. A picture \
      can be moved and enlarged far below a pixel, with its gradient and Laplacian, colour maps and \
      the value under the pointer. A sound plays, with waveform and spectrum. A clip plays at any \
      size and is scrubbed. A signed distance of three coordinates is drawn as a solid and turned. \
      --with adds the picture that was fitted, to compare with. --half stores 16 bits per parameter, \
      integers with a factor for each layer of each network, --full stores 32.

      Any other name gets the arrays in the safetensors format, with the names of the SIREN paper's \
      notebook (net.0.linear.weight to net.N.bias) and without metadata. In PyTorch it is loaded by \
      model.load_state_dict(safetensors.torch.load_file(OUTPUT)). The omegas are not in the arrays, so \
      they are printed. The arrays of a grid have a leading axis of cells. Docs/how-to/export.md has a \
      program that evaluates them, Docs/how-to/live-page.md shows pages.

      EXAMPLES
        siren export photo.safetensors photo.html
        siren export photo.safetensors photo.html --with photo.png
        siren export song.safetensors song.html --full
        siren export photo.safetensors plain.safetensors
      """)

  @Argument(help: "The model.", completion: .file())
  var model: String

  @Argument(
    help: "The file to write: .html for a page, otherwise safetensors.", completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp(
      "In a page, the picture that was fitted, to compare with.", valueName: "picture"),
    completion: .file())
  var with: String?

  @Flag(
    exclusivity: .exclusive,
    help: "In a page, 16 bits per parameter (default), or 32.")
  var precision: PagePrecision?

  @Option(help: "In a page, its heading (default: the model's name).")
  var title: String?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions

  private var isPage: Bool {
    ["html", "htm"].contains((output as NSString).pathExtension.lowercased())
  }

  func validate() throws {
    guard isPage || (with == nil && precision == nil && title == nil) else {
      throw ValidationError(
        "--with, --half, --full and --title are for a page, '\(output)' does not end in .html.")
    }
  }

  func run() throws {
    try DistinctFiles.check(
      [("the output", output)], read: [("the model", model), ("--with", with)])
    try AtomicFile.checkWritable(output, overwrite: overwrite.force)
    let read = try FieldFile.read(model)
    if isPage { return try writePage(read) }
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

  private func writePage(_ read: FieldModel) throws {
    let name = ((model as NSString).lastPathComponent as NSString).deletingPathExtension
    let page: LivePage
    do {
      page = try FieldPage(
        read, title: title ?? name, precision: precision ?? .half,
        reference: try with.map { try FieldPage.Reference(path: $0) }
      ).page()
    } catch let failure as FieldPage.Failure {
      throw CommandFailure.data("'\(model)' makes no page: \(failure)")
    }
    try page.write(to: output, overwrite: overwrite.force)
    let bytes = (try? FileManager.default.attributesOfItem(atPath: output)[.size] as? Int) ?? 0
    if printing.json {
      printJSON([
        "output": .string(output), "format": "html", "bytes": .integer(bytes),
        "parameters": .integer(read.field.parameterCount),
        "bits": .integer(precision == .full ? 32 : 16),
      ])
      return
    }
    print(
      singleLine(
        "\(output): a page of \(formatBytes(bytes)) with \(read.field.parameterCount) parameters of "
          + "\(precision == .full ? 32 : 16) bits; open it in a browser"))
  }
}

/// `--half` and `--full`.
extension PagePrecision: EnumerableFlag {}
