import ArgumentParser
import CommandSupport
import Fields
import Fitting
import Foundation
import ImagePriors
import LivePages
import Numerics
import PriorPages
import PriorPipelines
import Reporting
import Signals

/// `siren-hyper export`: writes the network, or the grid of networks, that a prior generates for one picture.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the SIREN that a model generates for one picture, or a model as a live page.",
    discussion: """
      The command 'inpaint' renders a network that maps a position to a colour. This command writes \
      that network to a file. 'siren render' renders the file at any size, with derivatives. The \
      observed pixels are given as for 'inpaint', and so is the model chosen without --model.

      A model that was trained with 'train --windows' generates one network for each of overlapping \
      windows. The file then holds all of them and how they are blended, and 'siren render' renders \
      it in the same way. --windows and --no-windows override this.

      A name that ends in .html gets a page instead: one file that needs no network, in which a \
      browser evaluates the field at any zoom (see 'siren export'). Without a picture the page is the \
      model itself: the reader measures points of a hidden picture and sees the restored one, its \
      standard deviation, the next points to measure and the error. --with names a folder of \
      pictures that the model has not seen, of which the page holds up to 12; without it the page has \
      drawn ones. \
      Docs/how-to/live-page.md shows both.

      EXAMPLES
        siren-hyper export face.png face.safetensors --keep 10%
        siren-hyper export holes.png face.safetensors --model prior.safetensors
        siren-hyper export photo.png photo.safetensors --keep 10% --model windows.safetensors
        siren render face.safetensors large.png --size 1024x1024
        siren-hyper export photo.png photo.html --keep 10% --model scenes
        siren-hyper export faces.html --model faces
        siren-hyper export mine.html --model prior.safetensors --with held-out
      """)

  @Argument(
    help: "The picture; for the page of a model, the file to write.", completion: .file())
  var input: String

  @Argument(
    help: ArgumentHelp(
      "The file to write, .html for a page.", valueName: "output"), completion: .file())
  var named: String?

  @OptionGroup var observed: ObservationOptions
  @OptionGroup var model: ModelOptions

  @Flag(
    inversion: .prefixedNo,
    help:
      "Write networks of overlapping windows, or one network (default: as the model was trained).")
  var windows: Bool?

  @Option(help: "The seed of the random pixels of --keep.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "In the page of a model, the folder of its hidden pictures.", valueName: "folder"),
    completion: .directory)
  var with: String?

  @Flag(exclusivity: .exclusive, help: "In a page, 16 bits per number (default), or 32.")
  var precision: PagePrecision?

  @Option(help: "In a page, its heading (default: the picture's or the model's name).")
  var title: String?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  /// The file to write: the only name, or the second one.
  var output: String { named ?? input }
  var isPage: Bool {
    ["html", "htm"].contains((output as NSString).pathExtension.lowercased())
  }

  func validate() throws {
    try observed.checkInversion()
    guard named != nil || isPage else {
      throw ValidationError(
        "expected the file to write after the picture '\(input)', or for the page of a model a name "
          + "that ends in .html.")
    }
    guard isPage || (with == nil && precision == nil && title == nil) else {
      throw ValidationError(
        "--with, --half, --full and --title are for a page, '\(output)' does not end in .html.")
    }
    guard named == nil || with == nil else {
      throw ValidationError("--with is for the page of a model, without a picture.")
    }
    guard named != nil || windows == nil else {
      throw ValidationError("--windows needs a picture.")
    }
    let ofPicture = [observed.keep, observed.mask, observed.points].contains { $0 != nil }
    guard
      named != nil || (!ofPicture && observed.missing == nil && observed.range == nil && seed == 1)
    else {
      throw ValidationError(
        "--keep, --mask, --points, --missing, --range and --seed need a picture, such as: siren-hyper "
          + "export photo.png \(output) --keep 10%.")
    }
  }

  func run() throws {
    threads.apply()
    let picture = named == nil ? nil : input
    try DistinctFiles.check(
      [("the output", output)], read: [("the picture", picture)] + observed.files + model.files)
    if named == nil { return try writeModelPage() }
    try checkOutput(output, overwrite)
    let choice = try model.choice(quiet: printing.quiet, oneNetwork: windows == true)
    let given = try InpaintingTask(
      input: input, observed: observed.source, truth: nil, size: nil, channels: nil, seed: seed,
      missing: observed.missing, range: observed.pictureRange, scale: choice.scale)
    observed.report(given, quiet: printing.quiet)
    let (prior, path) = try choice.prior(for: given, quiet: printing.quiet)
    let task = try given.converted(for: prior, of: input, quiet: printing.quiet)
    if windows == true, prior.keepsChannels {
      throw PictureInpainterError.windowsOfAnyPicture(model: path)
    }
    let field = try field(prior, task)
    let name = { (path: String) in (path as NSString).lastPathComponent }
    if isPage {
      let page = try fieldPage(field, task, prior: name(path))
      return try write(page, parameters: field.parameterCount)
    }
    try FieldFile.write(
      field, to: output,
      signal: .image(width: task.width, height: task.height, channels: task.observations.channels),
      provenance: [
        "program": "siren-hyper \(SirenHyper.version)",
        "fit": "generated from \(task.observations.count) points of \(name(input)) "
          + "by the prior \(name(path))",
      ].merging(task.source?.format.metadata(channels: task.observations.channels) ?? [:]) { $1 },
      overwrite: overwrite.force)
    printSummary(field, task, side: prior.keepsChannels ? nil : prior.imageSize)
  }

  /// The network of the picture, or the grid of the networks of its windows.
  ///
  /// Windows take long, so Ctrl-C ends the command with a message.
  private func field(_ prior: any ImagePrior, _ task: InpaintingTask) throws -> any Field {
    guard windows ?? (prior.scope == .window) else {
      return try prior.pictureField(
        explaining: task.observations, width: task.width, height: task.height)
    }
    ProcessMemory.keepFreed()
    let interruption = Interruption()
    let progress = ProgressReporter("Restoring", unit: "windows", quiet: printing.quiet)
    let result = try WindowedField(
      prior, task.observations, width: task.width, height: task.height
    ) { done, total in
      progress.update(done, of: total)
      if interruption.isRequested {
        throw CommandFailure.data("interrupted; nothing was written")
      }
    }
    progress.finish()
    return result.field
  }

  private func printSummary(_ field: any Field, _ task: InpaintingTask, side: Int?) {
    let grid = field as? SirenGrid
    let shape = grid?.architecture ?? (field as? Siren)?.architecture
    let count = grid?.grid.count ?? 0
    if printing.json {
      printJSON([
        "output": .string(output), "points": .integer(task.observations.count),
        "windows": .integer(count), "parameters": .integer(field.parameterCount),
        "hidden_width": shape.map { .integer($0.hiddenWidth) } ?? .null,
        "hidden_layers": shape.map { .integer($0.hiddenLayers) } ?? .null,
      ])
      return
    }
    print(
      singleLine(
        "\(output): \(field.parameterCount) parameters from \(task.observations.count) points "
          + "of \(task.width)x\(task.height)"))
    if side == nil, let grid {
      print("  as a grid of \(grid.grid.dimensions) SIRENs")
    } else if count > 0, let side {
      print(
        "  in \(count) overlapping windows of \(side)x\(side)"
          + (windows == nil ? ", because the model was trained on windows" : ""))
    }
  }
}
