import ArgumentParser
import CommandSupport
import DifferentiableCore
import Fields
import Files
import FitPipelines
import Fitting
import Foundation
import Numerics
import Signals
import Training

extension PoissonProblem.Source: ExpressibleByArgument {}
extension PoissonProblem.Formulation: ExpressibleByArgument {}

/// `siren poisson`: a picture from its derivatives.
struct PoissonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poisson",
    abstract: "Restore a picture from its gradient or its Laplacian alone.",
    discussion: """
      The command computes the Sobel responses or the five-point Laplacian of a picture, as scipy.ndimage \
      does with reflected borders, and fits a network to these alone. Derivatives do not contain the mean, \
      so it is taken from the picture. The result is written as a picture, with its gradient and its \
      Laplacian as two more.

      The default recipe compares the same filters on the pixels of the field. A picture larger than a few \
      cells is solved by a grid of small networks, one for about 30x30 pixels, and a small one by one \
      network, as is any picture with --cells 1. The first line printed names the choice and its reason. \
      The networks of a grid barely see slow variations, so they are also fitted to the classical solution \
      of the same derivatives.

      The other recipes fit one network. --recipe derivative compares the network's own derivatives in the \
      right units. --recipe notebook compares them without units, as the SIREN paper's notebook does, in \
      1000 steps of Adam at a learning rate of 0.0001 on all pixels, and takes the scale from the \
      picture's range.

      The table has the PSNR of the picture, of its Sobel responses and of its Laplacian, the last two \
      relative to their range. Its second line is the classical solution (least squares by cosine \
      transforms).

      EXAMPLES
        siren poisson photo.png --from gradient
        siren poisson photo.png --from gradient --cells 16x24 --overlap 2 --for 30s
        siren poisson photo.png --from gradient --resize 128x128 --cells 1 --for 30s
        siren poisson photo.png --from laplacian -o restored.png
        siren poisson photo.png --from gradient --recipe notebook
      """)

  @Argument(help: "The picture.", completion: .file())
  var input: String

  @Option(help: "The derivative to restore from: gradient or laplacian.")
  var from: PoissonProblem.Source

  @Option(
    name: .shortAndLong,
    help: """
      The picture to write (default: INPUT-poisson.png, .tif for a TIFF, .npy for an array). The names of \
      its derivatives end in -gradient and -laplacian.
      """, completion: .file())
  var output: String?

  @Option(help: "Also write the model as safetensors.", completion: .file())
  var model: String?

  @Option(help: "The recipe: default, derivative or notebook.")
  var recipe = PoissonProblem.Formulation.standard

  @Option(help: "Resize the picture first, such as 128x128.")
  var resize: PictureSize?

  @OptionGroup var grid: CellOptions
  @OptionGroup var fitting: FittingOptions
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    let stem = (input as NSString).deletingPathExtension
    let target =
      output ?? stem + "-poisson.\(PictureContainer.lossless(like: input).defaultExtension)"
    let pictures =
      [target]
      + ["-gradient.png", "-laplacian.png"].map {
        (target as NSString).deletingPathExtension + $0
      }
    try DistinctFiles.check(
      [
        ("the output", target), ("the picture of the gradient", pictures[1]),
        ("the picture of the Laplacian", pictures[2]), ("--model", model),
      ], read: [("the input", input)])
    try PictureFile.checkWritable(target, overwrite: overwrite.force)
    for path in pictures.dropFirst() + [model].compactMap({ $0 }) {
      try AtomicFile.checkWritable(path, overwrite: overwrite.force)
    }
    let stored = try PictureFile.read(input).choosingRange(.automatic)
    if !printing.quiet {
      let notes = stored.notes + [stored.alphaRemark].compactMap { $0 }
      notes.forEach { printMessage("Note: \(singleLine($0))") }
    }
    var image = try stored.finiteImage(path: input).composited(onto: 1)
    if let resize {
      image = image.resized(
        width: resize.width, height: resize.height, by: recipe == .notebook ? .bilinear : .standard)
    }
    let problem = PoissonProblem(image, from: from, recipe)
    guard problem.objective.constantLoss > 0 else {
      throw CommandFailure.data(
        "'\(input)' has one colour: its \(from.rawValue) is 0 everywhere, so there is nothing to restore; "
          + "pass another picture")
    }

    let recipes: [PoissonProblem.Formulation: FitSettings] = [
      .standard: .differences, .derivative: .standard, .notebook: .notebook,
    ]
    let signal = FittedSignal(image)
    let fit = try usage {
      try DifferenceFit(
        signal, problem.objective, differences: problem.gridDifferences,
        network: recipe == .notebook ? .notebook(for: signal) : .differences(for: signal),
        recipe: recipes[recipe] ?? .standard, cells: grid.cells?.counts, overlap: grid.overlap,
        choices: fitting.choices, seed: fitting.seed)
    }
    let isCounted = recipe == .notebook && fitting.time == nil
    let limits = FitLimits(
      steps: fitting.steps ?? (isCounted ? 1_000 : nil), seconds: fitting.time?.seconds ?? 10)
    var printer = FitPrinter(measure: "SNR", printing: printing)
    if fitting.preview {
      printer.preview = FieldRenderer.preview(width: image.width, height: image.height) {
        ($0 as? any AffineField).map { problem.restored($0) } ?? $0
      }
    }
    printer.message(fit.plan.summary(of: signal))
    let (fitted, result) = try printer.run(fit, limits)
    let field = problem.restored(fitted)
    let quality = PoissonQuality(
      of: FieldRenderer.unclippedImage(of: field, like: image), comparedWith: image)
    let classical = PoissonQuality(of: problem.classicalSolution, comparedWith: image)

    let view = FieldRenderer.View(width: image.width, height: image.height)
    var format = stored.format(width: image.width, height: image.height)
    format.channels = image.channels
    let loss = try PictureFile.write(
      StoredPicture(FieldRenderer.image(of: field, view), as: format), to: target,
      overwrite: overwrite.force)
    if let loss, !printing.quiet { printMessage("Note: \(singleLine(loss))") }
    for (path, quantity) in zip(pictures.dropFirst(), [FieldQuantity.gradient, .laplacian]) {
      try ImageFile.write(
        FieldRenderer.render(quantity, of: field, view), view, to: path,
        overwrite: overwrite.force)
    }
    if let model {
      try FieldFile.write(
        field, to: model, signal: signal,
        provenance: [
          "program": "siren \(SirenProgram.version)",
          "fit": "steps \(result.steps), seed \(fitting.seed), from \(from.rawValue), recipe "
            + "\(recipe.rawValue), \(signal.summary)",
        ].merging(format.metadata(channels: image.channels)) { $1 },
        overwrite: overwrite.force)
    }
    show(target, quality, classical, result)
    if result.ending == .stopped {
      throw CommandFailure.data("interrupted; the result so far is in '\(target)'")
    }
  }

  private func show(
    _ target: String, _ field: PoissonQuality, _ classical: PoissonQuality,
    _ result: FitRecord
  ) {
    if printing.json {
      let row = { (method: String, quality: PoissonQuality) -> [String: JSONValue] in
        [
          "method": .string(method), "from": .string(from.rawValue),
          "psnr": .number(quality.image.psnr),
          "ssim": .number(quality.image.ssim),
          "psnr_gradient": .number(quality.gradientPSNR),
          "psnr_laplacian": .number(quality.laplacianPSNR),
        ]
      }
      var object = row("field", field)
      object["output"] = .string(target)
      object["steps"] = .integer(result.steps)
      object["seconds"] = .number(result.seconds)
      printJSON(.object(object))
      printJSON(.object(row("classical", classical)))
      return
    }
    var table = TextTable([
      .left("PSNR, dB"), .right("picture"), .right("gradient"), .right("laplacian"),
    ])
    for (name, quality) in [("field", field), ("classical solution", classical)] {
      table.append(
        [name]
          + [quality.image.psnr, quality.gradientPSNR, quality.laplacianPSNR].map {
            String(format: "%.2f", $0)
          })
    }
    print(
      "\(singleLine(target)): from the \(from.rawValue), \(result.steps) steps in "
        + formatDuration(result.seconds))
    print(table)
  }
}
