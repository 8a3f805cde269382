import ArgumentParser
import CommandSupport
import Fields
import Fitting
import Foundation
import ImagePriors
import Numerics
import PriorPipelines
import Reporting

/// `siren-hyper export`: writes the network, or the grid of networks, that a prior generates for one picture.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the SIREN that a model generates for one picture.",
    discussion: """
      The command 'inpaint' renders a network that maps a position to a colour. This command writes \
      that network to a file. 'siren render' renders the file at any size, with derivatives. The \
      observed pixels are given as for 'inpaint', and so is the model chosen without --model.

      A model that was trained with 'train --windows' generates one network for each of overlapping \
      windows. The file then holds all of them and how they are blended, and 'siren render' renders \
      it in the same way. --windows and --no-windows override this.

      EXAMPLES
        siren-hyper export face.png face.safetensors --keep 10%
        siren-hyper export holes.png face.safetensors --model prior.safetensors
        siren-hyper export photo.png photo.safetensors --keep 10% --model windows.safetensors
        siren render face.safetensors large.png --size 1024x1024
      """)

  @Argument(help: "The picture.", completion: .file())
  var input: String

  @Argument(help: "The file to write.", completion: .file())
  var output: String

  @OptionGroup var observed: ObservationOptions
  @OptionGroup var model: ModelOptions

  @Flag(
    inversion: .prefixedNo,
    help:
      "Write networks of overlapping windows, or one network (default: as the model was trained).")
  var windows: Bool?

  @Option(help: "The seed of the random pixels of --keep.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws { try observed.checkInversion() }

  func run() throws {
    threads.apply()
    try checkOutput(output, overwrite)
    let choice = try model.choice(quiet: printing.quiet, oneNetwork: windows == true)
    let given = try InpaintingTask(
      input: input, observed: observed.source, truth: nil, size: nil, channels: nil, seed: seed,
      missing: observed.missing, range: observed.pictureRange, scale: choice.scale)
    observed.report(given, quiet: printing.quiet)
    let (prior, path) = try choice.prior(for: given, quiet: printing.quiet)
    let task = try given.converted(for: prior)
    if windows == true, prior.keepsChannels {
      throw PictureInpainterError.windowsOfAnyPicture(model: path)
    }
    let field = try field(prior, task)
    let name = { (path: String) in (path as NSString).lastPathComponent }
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
