import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fields
import Fitting
import Foundation
import Signals

/// `siren fit`: a network for one picture.
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a sine network to a picture.",
    discussion: """
      The default recipe takes batches of random pixels and lowers the learning rate to 0 over the \
      run. The recipe notebook is that of the SIREN paper's notebook: all pixels in each of 500 \
      steps. Ctrl-C ends the run early and writes what was reached.

      EXAMPLES
        siren fit photo.png
        siren fit photo.jpg --resize 256x256 --for 30s -o photo.safetensors
        siren fit photo.png --recipe notebook --seed 3
      """)

  /// How to fit.
  enum Recipe: String, ExpressibleByArgument, CaseIterable {
    case standard = "default"
    case notebook
  }

  @Argument(help: "The picture, PNG or JPEG.", completion: .file())
  var input: String

  @Option(
    name: .shortAndLong, help: "The model to write (default: INPUT with .safetensors).",
    completion: .file())
  var output: String?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long to fit, such as 10s (default: 10s).", valueName: "time"))
  var time: TimeLimit?

  @Option(help: "How many updates to make, instead of --for; makes the result repeatable.")
  var steps: Int?

  @Option(help: "default or notebook.")
  var recipe = Recipe.standard

  @Option(help: "Width of the hidden layers.")
  var width = 256

  @Option(help: "Number of hidden layers after the first.")
  var depth = 3

  @Option(help: "Frequency scale of the sine layers.")
  var omega: Float = 30

  @Option(help: "Resize the picture first, such as 256x256.")
  var resize: PictureSize?

  @Option(help: "Decides the start and the batches.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard time == nil || steps == nil else {
      throw ValidationError("--for and --steps exclude each other, pass one of them.")
    }
    guard steps.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--steps is \(steps ?? 0), expected at least 1.")
    }
    guard (1...1_024).contains(width), (0...32).contains(depth), omega > 0, omega.isFinite else {
      throw ValidationError(
        "expected --width 1 to 1024, --depth 0 to 32 and a positive --omega, "
          + "got \(width), \(depth) and \(omega).")
    }
  }

  func run() throws {
    if let count = threads.threads { Parallel.threadCount = count }
    ProcessMemory.keepFreed()
    let target = output ?? (input as NSString).deletingPathExtension + ".safetensors"
    try AtomicFile.checkWritable(target, overwrite: overwrite.force)
    var image = try ImageFile.read(input).composited(onto: 1)
    if let resize { image = image.resized(width: resize.width, height: resize.height) }

    let architecture = SirenArchitecture(
      hiddenWidth: width, hiddenLayers: depth, outputs: image.channels, omegaFirst: omega,
      omegaHidden: omega)
    var fit = ImageFit(
      image, architecture, recipe == .notebook ? .notebook : .standard, seed: seed)
    let limit = steps ?? (recipe == .notebook && time == nil ? 500 : nil)
    let seconds = time?.seconds ?? 10
    let interruption = Interruption()
    let progress = ProgressReporter("Fitting", unit: "steps", quiet: printing.quiet)
    var fraction = 0.0
    while fraction < 1 && !interruption.isRequested {
      let loss = Double(fit.advance(progress: fraction))
      guard loss.isFinite else {
        throw CommandFailure.data(
          "the loss is not a number at step \(fit.step); try a smaller --omega")
      }
      fraction = limit.map { Double(fit.step) / Double($0) } ?? progress.elapsed / seconds
      progress.update(
        fit.step, of: limit, fraction: min(1, fraction),
        detail: String(
          format: "PSNR %.2f dB", Quality.peakSignalToNoise(meanSquaredError: loss / 4)))
      if printing.json && fit.step % 100 == 0 {
        printJSON([
          "step": .integer(fit.step), "loss": .number(loss),
          "psnr": .number(Quality.peakSignalToNoise(meanSquaredError: loss / 4)),
          "seconds": .number(progress.elapsed),
        ])
      }
    }
    let elapsed = progress.elapsed
    progress.finish()
    try FieldFile.write(
      fit.field, to: target,
      provenance: [
        "program": "siren \(SirenProgram.version)",
        "fit": "steps \(fit.step), seed \(seed), recipe \(recipe.rawValue), "
          + "picture \(image.width)x\(image.height)",
      ], overwrite: overwrite.force)
    let rendered = FieldRenderer.image(of: fit.field, width: image.width, height: image.height)
    report(target, rendered, image, steps: fit.step, seconds: elapsed)
    if interruption.isRequested {
      throw CommandFailure.data("interrupted; what was reached is in '\(target)'")
    }
  }

  private func report(
    _ target: String, _ rendered: Image, _ image: Image, steps: Int, seconds: Double
  ) {
    let error = Quality.meanSquaredError(rendered, image)
    let ratio = Quality.peakSignalToNoise(meanSquaredError: error)
    let similarity = Quality.structuralSimilarity(rendered, image)
    if printing.json {
      printJSON([
        "model": .string(target), "psnr": .number(ratio),
        "ssim": similarity.map { .number($0) } ?? .null, "steps": .integer(steps),
        "seconds": .number(seconds),
      ])
    } else {
      print(
        String(
          format: "%@: PSNR %.2f dB after %d steps in %@", target, ratio, steps,
          formatDuration(seconds)))
    }
  }
}
